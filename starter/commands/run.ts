import type { WorkflowHandle } from '@temporalio/client';
import { Option } from 'commander';
import { attributes, summaryOf } from '../../model/attributes.js';
import { iso, lastComplete, type Interval } from '../../model/interval.js';
import { runName } from '../../model/names.js';
import type { RunInput } from '../../model/plan.js';
import type { RunResult } from '../../model/run-result.js';
import { steps, type Step } from '../../model/steps.js';
import type { Pipeline } from '../../define/pipeline.js';
import { dbtOption } from '../choices.js';
import type { Context } from '../../control/context.js';
import { failingRowLines, failingRows } from '../../control/failing-rows.js';
import { exitCodes, refuse, type ExitCode } from '../../control/failure.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { namedInterval, nextUnprocessed } from '../../control/intervals.js';
import { toJson } from '../../control/json.js';
import { ingestedUpTo, loadedBy, loadedUpTo } from '../../warehouse/ledger-runs.js';
import { collectRunParam, paramsFor } from '../../control/params.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Following } from '../../control/used-by.js';

interface Options {
  interval?: string;
  untilStep?: Step;
  param?: Record<string, string>;
  force?: true;
  allowEmpty?: true;
  dbt: RunInput['dbt'];
  wait?: true;
  dryRun?: true;
  json?: true;
}

export const runCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command
      .option('--interval <start>', 'the interval that begins at this time (default: the next unprocessed one)')
      .addOption(new Option('--until-step <step>', 'the last step to run').choices(steps))
      .option(
        '--param <k=v>',
        'a parameter of the pipeline, kept in history: never a secret; may be repeated',
        collectRunParam,
      )
      .option('--force', 'also when the interval is loaded already')
      .option('--allow-empty', 'also when the interval then loses all rows that it holds')
      .addOption(dbtOption('build the models after the load, leave it to a later build, or skip it'))
      .option('--wait', 'wait for the end and show the result')
      .option('--dry-run', 'show what would be started'),
  examples: [
    'waterclock run orders --wait',
    'waterclock run parcels --interval 2026-11-24T10:00Z --force',
    'waterclock run parcels --until-step extract        # what was the ingestor: the next hour that is not in the lake',
    'waterclock run orders --interval 2026-02-01T00:00Z --param least=100 --force',
    'waterclock run products --dry-run --json',
  ],
  async run(context, options, name) {
    const { terminal } = context;
    const pipeline = findPipeline(await context.pipelines(), name);
    const params = paramsFor(pipeline, options.param);
    const now = clock(pipeline, context.settings().snapshotAt);
    const named = options.interval === undefined ? undefined : intervalOf(pipeline, options.interval, now);
    const warehouse = await context.warehouse();
    // an ingestor goes on after what it brought in, loaded or not
    const upTo = options.untilStep === 'extract' ? ingestedUpTo : loadedUpTo;
    const newest = named ? undefined : await upTo(warehouse, name);
    const interval = named ?? nextOf(pipeline, newest, now);
    if (!interval) return nothingToDo(context, pipeline, newest, options);

    const run = runName(name, interval);
    const loader = options.force ? undefined : await loadedBy(warehouse, name, interval);
    if (loader && named) refuse(`${run} is loaded already, by run ${loader}: --force runs it again`);
    // a snapshot's last complete interval is always the next one
    if (loader) return nothingToDo(context, pipeline, Date.parse(interval.end), options);

    const input: RunInput & { interval: Interval } = {
      pipeline: name,
      interval,
      grid: pipeline.grid,
      trigger: 'manual',
      ...(options.untilStep && { until: options.untilStep }),
      dbt: options.dbt,
      ...(options.allowEmpty && { allowEmpty: true }),
      params,
    };
    if (options.dryRun) {
      const text = `would start ${run} (${summaryOf(name, interval, params)})`;
      terminal.print(options.json ? toJson({ pipeline: name, run, status: 'dry run', input }) : text);
      return exitCodes.done;
    }
    const [{ startRun }, { needWorker }] = await Promise.all([
      import('../../control/start-run.js'),
      import('../../control/need-worker.js'),
    ]);
    await needWorker(context, run, options.wait === true, name);
    const { handle, link } = await startRun(context, run, input);
    if (!options.wait) {
      const started = {
        pipeline: name,
        run,
        runId: handle.firstExecutionRunId,
        status: 'started',
        ...(link && { link }),
      };
      terminal.print(options.json ? toJson(started) : [`started ${run}`, link].filter(Boolean).join('\n'));
      return exitCodes.done;
    }
    return waitForRun(context, name, run, handle.firstExecutionRunId, handle, link, options);
  },
};

/** a snapshot source shows one moment: what is due there is what was due then */
function clock(pipeline: Pipeline, snapshotAt: string | undefined): number {
  return pipeline.source.snapshot && snapshotAt ? Date.parse(snapshotAt) : Date.now();
}

function intervalOf(pipeline: Pipeline, text: string, now: number): Interval {
  const interval = namedInterval(pipeline, text, now);
  const last = lastComplete(pipeline.grid, now);
  if (pipeline.source.snapshot && interval.end !== last.end) {
    refuse(
      `${pipeline.name} is a snapshot and has no past: only its last complete interval, which starts at ${last.start}, is run, got ${interval.start}`,
    );
  }
  return interval;
}

function nextOf(pipeline: Pipeline, newest: number | undefined, now: number): Interval | undefined {
  return pipeline.source.snapshot ? lastComplete(pipeline.grid, now) : nextUnprocessed(pipeline, newest, now);
}

function nothingToDo(
  { terminal }: Context,
  { name }: Pipeline,
  newest: number | undefined,
  { json }: Options,
): ExitCode {
  const run = newest === undefined ? null : `${name}-${iso(newest)}`;
  const why = newest === undefined ? 'has no due interval yet' : `is loaded up to ${iso(newest)}`;
  terminal.print(json ? toJson({ pipeline: name, run, status: 'nothing to do' }) : `nothing to do: ${name} ${why}`);
  return exitCodes.done;
}

/** tells progress until the run ends, then its outcome */
export async function waitForRun(
  context: Context,
  pipeline: string,
  run: string,
  runId: string,
  handle: WorkflowHandle,
  link: string | undefined,
  { json }: { json?: true },
  /** what goes on once it has completed */
  follow?: () => Promise<Following>,
): Promise<ExitCode> {
  const { terminal } = context;
  const { outcomeOf } = await import('../../control/wait.js');
  context.leaving(`${run} goes on without this command${link ? `: ${link}` : ''}`);
  terminal.say([`started ${run}`, link].filter(Boolean).join('  '));
  const outcome = await outcomeOf<RunResult>(handle, async () => {
    const { typedSearchAttributes } = await handle.describe();
    terminal.progress(`${run}  ${typedSearchAttributes.get(attributes.Step) ?? 'waiting for a worker'}`);
  });
  const rows = outcome.status === 'failed' ? await failingRows(context, outcome.error) : [];
  const result = { pipeline, run, runId, ...outcome, ...(rows.length > 0 && { failingRows: rows }) };
  const isDone = outcome.status === 'completed';
  if (isDone && !json) terminal.print(`${terminal.paint('green', 'completed')} ${run}${counts(outcome.result)}`);
  const followed = isDone ? await follow?.() : undefined;
  if (json) terminal.print(toJson({ ...result, ...followed?.json }));
  else if (followed) terminal.print(followed.text);
  else if (!isDone) {
    const failed = `${terminal.paint('red', 'failed')} ${run}: ${outcome.error}`;
    terminal.print([failed, ...failingRowLines(rows), ...(link ? [link] : [])].join('\n'));
  }
  return isDone && followed?.isDone !== false ? exitCodes.done : exitCodes.failed;
}

function counts({ entities, counts }: RunResult): string {
  const unparseable = counts?.unparseable ? `, ${counts.unparseable} records unparseable` : '';
  const parts = Object.entries(entities ?? {}).map(
    ([entity, { loaded, valid, rejected }]) =>
      `${entity} ${loaded ?? valid}${rejected ? ` (${rejected} rejected)` : ''}`,
  );
  return parts.length > 0 ? `: ${parts.join(', ')}${unparseable}` : '';
}
