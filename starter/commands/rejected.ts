import { keys } from '../../model/keys.js';
import { parseRunName, runName } from '../../model/names.js';
import type { ValidateManifest } from '../../model/plan.js';
import { atLeastOne } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { namedInterval } from '../../control/intervals.js';
import { toJson } from '../../control/json.js';
import { groupsOf, recordsOf, type ReasonGroup } from '../../control/rejected-records.js';
import type { Temporal } from '../../control/temporal.js';

interface Options {
  interval?: string;
  run?: string;
  reason?: string;
  limit?: number;
  records?: true;
}

/** runs that are looked at when none is named */
const newestRuns = 50;
const shownGroups = 20;
const shownOfRecord = 200;

export const rejectedCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command
      .option('--interval <start>', 'of the run whose interval begins at this time')
      .option('--run <name>', 'of this run (default: the newest run that rejected something)')
      .option('--reason <text>', 'only records with a reason that contains this text')
      .option('--limit <n>', `how many groups (default: ${shownGroups}), or records`, atLeastOne)
      .option('--records', 'the records themselves, a line of JSON each'),
  examples: [
    'waterclock rejected parcels',
    'waterclock rejected orders --interval 2026-01-31T01:00Z --json',
    'waterclock rejected parcels --reason weight --records | jq -r \'.source + ":" + (.line | tostring)\'',
  ],
  async run(context, options, name) {
    const { terminal } = context;
    const manifest = await validated(context, name, options);
    const { run, counts, entities } = manifest;
    const store = await context.store();
    const found = recordsOf(store, manifest, options.reason);
    if (options.records) {
      let left = options.limit ?? Infinity;
      for await (const record of found) {
        if (left-- <= 0) break;
        terminal.print(toJson(record));
      }
      return exitCodes.done;
    }
    const groups = await groupsOf(found);
    const shown = groups.slice(0, options.limit ?? shownGroups);
    const rejected = Object.fromEntries(Object.entries(entities).map(([entity, { rejected }]) => [entity, rejected]));
    if (options.json) {
      terminal.print(
        toJson({ pipeline: name, run: run.workflowId, runId: run.runId, counts, rejected, groups: shown }),
      );
      return exitCodes.done;
    }
    const parts = Object.entries(rejected).flatMap(([entity, count]) => (count > 0 ? [`${count} of ${entity}`] : []));
    if (counts.unparseable > 0) parts.push(`${counts.unparseable} unparseable`);
    terminal.print(
      `${terminal.paint('bold', run.workflowId)}  ${counts.records} records, rejected: ${parts.join(', ') || 'none'}`,
    );
    for (const group of shown) terminal.print(`\n${groupText(group, terminal.paint('yellow', String(group.count)))}`);
    if (groups.length > shown.length)
      terminal.say(`\n${groups.length - shown.length} more groups: --limit ${groups.length}`);
    if (groups.length > 0)
      terminal.say(`\nafter a correction: waterclock retry ${run.workflowId} --from-step validate --wait`);
    return exitCodes.done;
  },
};

function groupText({ reason, entity, example }: ReasonGroup, count: string): string {
  const { source, line, offset, record } = example;
  const text = record.replace(/\s+/g, ' ');
  return [
    `${count}  ${entity ?? 'unparseable'}  ${reason}`,
    `    ${source ?? 'unknown file'}, line ${line}, byte ${offset}`,
    `    ${text.length > shownOfRecord ? `${text.slice(0, shownOfRecord)}...` : text}`,
  ].join('\n');
}

/** the validate manifest of the run that is asked for */
async function validated(context: Context, name: string, { run, interval }: Options): Promise<ValidateManifest> {
  const pipeline = findPipeline(await context.pipelines(), name);
  if (run !== undefined && interval !== undefined) refuse('name a run by --run or by --interval, not by both');
  const named = interval === undefined ? run : runName(name, namedInterval(pipeline, interval, Date.now()));
  const { getJson } = await import('../../lake/object-store.js');
  const store = await context.store();
  const bucket = context.settings().lakeBucket;
  let seen = 0;
  for await (const runId of runIds(await context.temporal(), name, named)) {
    seen++;
    const ref = { bucket, key: keys.step({ pipeline: name, runId }, 'validate') };
    if (!(await store.exists(ref))) continue;
    const manifest = await getJson<ValidateManifest>(store, ref);
    if (named !== undefined || manifest.rejected.length > 0) return manifest;
  }
  if (seen > 0 && named) refuse(`${named} was not validated to its end: see \`waterclock show ${named}\``);
  if (named) refuse(`no run is named '${named}': see \`waterclock runs --pipeline ${name}\``);
  if (seen === 0) refuse(`${name} has no run yet`);
  refuse(`none of the ${seen} newest runs of ${name} rejected a record: name an older one by --interval or --run`);
}

/** newest first: of one name, or of the pipeline's latest runs */
async function* runIds({ client }: Temporal, pipeline: string, named: string | undefined): AsyncGenerator<string> {
  const { WorkflowNotFoundError } = await import('@temporalio/client');
  if (named !== undefined && parseRunName(named)?.pipeline !== pipeline) {
    refuse(`'${named}' is not a run of ${pipeline}: see \`waterclock runs --pipeline ${pipeline}\``);
  }
  // the newest one may not be listed yet
  const latest =
    named === undefined
      ? undefined
      : await client.workflow
          .getHandle(named)
          .describe()
          .catch((error: unknown) => {
            if (error instanceof WorkflowNotFoundError) return undefined;
            throw error;
          });
  if (latest) yield latest.runId;
  const which = named === undefined ? `Pipeline = "${pipeline}"` : `WorkflowId = "${named}"`;
  let left = newestRuns;
  for await (const { runId } of client.workflow.list({ query: `WorkflowType = "pipelineRun" AND ${which}` })) {
    if (left-- === 0) return;
    if (runId !== latest?.runId) yield runId;
  }
}
