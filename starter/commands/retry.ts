import { Option } from 'commander';
import { summaryOf } from '../../model/attributes.js';
import type { Interval } from '../../model/interval.js';
import { parseRunName } from '../../model/names.js';
import type { RunInput } from '../../model/plan.js';
import { beginsWithRaw, steps } from '../../model/steps.js';
import type { Pipeline } from '../../define/pipeline.js';
import { dbtOption, keepGoingWords, maxActiveChoice } from '../choices.js';
import type { CommandDefinition } from '../command-definition.js';
import type { EarlierRun } from '../../control/earlier-run.js';
import type { Context } from '../../control/context.js';
import { collectRunParam, paramsFor } from '../../control/params.js';
import { exitCodes, refuse, type ExitCode } from '../../control/failure.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { toJson } from '../../control/json.js';
import { workflowLink } from '../../model/link.js';
import type { Params } from '../../model/params.js';
import type { Retry } from '../../model/retry.js';
import type { RetryOptions } from '../../control/retries.js';
import { waitForRun } from './run.js';

export const retryCommand: CommandDefinition<[string], RetryOptions> = {
  options: (command) =>
    command
      .addOption(
        new Option('--from-step <step>', 'the first step to do anew (default: the one that failed)').choices(steps),
      )
      .option('--entity <name>', 'only this entity; may be repeated', (name: string, earlier?: string[]) => [
        ...(earlier ?? []),
        name,
      ])
      .option('--allow-empty', 'also when the interval then loses all rows that it holds')
      .option('--from <time>', 'of a range: start of its first interval')
      .option('--to <time>', 'of a range: end of its last interval')
      .option('--failed', 'of a range: only runs that did not complete')
      .option('--max-active <n>', 'of a range: runs at a time', maxActiveChoice, 4)
      .option('--keep-going', `of a range: ${keepGoingWords}`)
      .addOption(dbtOption('build the models at the end, leave it to a later build, or skip it'))
      .option('--param <k=v>', 'in the place of the one that the run had; with --from-step extract', collectRunParam)
      .option('--downstream', 'then run again what used it: loaded runs of the pipelines that come after it, in order')
      .option('--wait', 'wait for the end and show the result')
      .option('--dry-run', 'show what would be started'),
  examples: [
    'waterclock retry orders-2026-01-31T02:00:00Z --wait',
    'waterclock retry parcels-2026-11-24T11:00:00Z --from-step validate   # after a schema fix; what was the handler',
    'waterclock retry orders --from 2026-01-31T01:00Z --to 2026-02-07T02:00Z --failed --wait',
    'waterclock retry orders-2026-03-01T00:00:00Z --from-step validate --downstream   # and what comes after orders',
  ],
  async run(context, options, name) {
    if (options.from !== undefined || options.to !== undefined) {
      return (await import('../retry-range.js')).retryRange(context, options, name);
    }
    if (options.failed) refuse('--failed chooses runs of a range: name it by --from and --to');
    if (options.keepGoing) refuse('--keep-going goes with a range: name it by --from and --to');
    const pipeline = await pipelineOf(context, name);
    const [{ earlierRun }, { forgottenRuns }, { retryOf }] = await Promise.all([
      import('../../control/earlier-run.js'),
      import('../../control/forgotten-runs.js'),
      import('../../control/retries.js'),
    ]);
    const temporal = await context.temporal();
    const earlier = (await earlierRun(temporal, name)) ?? (await forgottenRuns(context, pipeline)(name));
    if (!earlier) refuse(`no run is named '${name}': see \`waterclock runs --pipeline ${pipeline.name}\``);
    const isPlain = !options.fromStep && !options.entity && !options.param && !options.allowEmpty;
    if (earlier.status === 'parked' && isPlain) {
      if (options.downstream)
        refuse(
          `--downstream goes with a run that has ended, and ${name} is parked: retry it without, then again with it`,
        );
      return retryParked(context, earlier, options);
    }
    const retry = await retryOf(context, pipeline, earlier, options.fromStep);
    if ('refusal' in retry) {
      const link = workflowLink(context.settings(), temporal.namespace, name, earlier.ref.runId);
      refuse(link ? `${retry.refusal}: ${link}` : retry.refusal);
    }
    const input: RunInput & { interval: Interval } = {
      pipeline: pipeline.name,
      grid: earlier.input.grid,
      trigger: 'manual',
      ...retry,
      ...(options.entity && { entities: options.entity.map((entity) => knownEntity(pipeline, entity)) }),
      dbt: options.dbt,
      ...(options.allowEmpty && { allowEmpty: true }),
      ...(options.downstream && { downstream: true }),
      params: { ...earlier.input.params, ...paramsOf(pipeline, retry, options) },
    };
    const { terminal } = context;
    const { followDownstream, refuseWhileFollowed, runsThatUsed, usedText } = await import('../../control/used-by.js');
    const usedBy = await runsThatUsed(context, pipeline.name, [input.interval]);
    const used = usedText(usedBy);
    const users = usedBy.length > 0 && { usedBy };
    if (options.dryRun) {
      const json = { pipeline: pipeline.name, run: name, status: 'dry run', input, ...users };
      const text = [
        retryText(name, input),
        used && (options.downstream ? `then, in order: ${usedBy.join(', ')}` : used),
      ];
      terminal.print(options.json ? toJson(json) : text.filter(Boolean).join('\n'));
      return exitCodes.done;
    }
    if (options.downstream) await refuseWhileFollowed(context, name);
    else if (used) terminal.say(`${used}; \`waterclock retry ${name} --downstream\` runs them again too`);
    const [{ startRun }, { needWorker }] = await Promise.all([
      import('../../control/start-run.js'),
      import('../../control/need-worker.js'),
    ]);
    await needWorker(context, name, options.wait === true, pipeline.name);
    const { handle, link } = await startRun(context, name, input);
    if (options.wait)
      return waitForRun(
        context,
        pipeline.name,
        name,
        handle.firstExecutionRunId,
        handle,
        link,
        options,
        options.downstream && (() => followDownstream(context, name)),
      );
    const { from, source } = retry;
    const started = { pipeline: pipeline.name, run: name, runId: handle.firstExecutionRunId, status: 'started', from };
    const json = { ...started, ...(source && { source }), ...(link && { link }), ...users };
    terminal.print(options.json ? toJson(json) : [`started ${name} from ${from}`, link].filter(Boolean).join('\n'));
    return exitCodes.done;
  },
};

/** the run itself goes on: what is parked is tried again */
async function retryParked(context: Context, { ref, input }: EarlierRun, options: RetryOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { pipeline, workflowId: run, runId } = ref;
  const told = { pipeline, run, runId };
  if (options.dryRun) {
    const text = `would try again what is parked in ${run} (${summaryOf(pipeline, ref.interval, input.params)})`;
    terminal.print(options.json ? toJson({ ...told, status: 'dry run' }) : text);
    return exitCodes.done;
  }
  const { resolveParked } = await import('../../control/resolve-parked.js');
  const parked = await resolveParked(context, run, 'retry');
  const { client, namespace } = await context.temporal();
  const link = workflowLink(context.settings(), namespace, run, runId);
  if (options.wait) return waitForRun(context, pipeline, run, runId, client.workflow.getHandle(run), link, options);
  const text = [`${run} was parked and tries again: ${parked.join(', ')}`, link].filter(Boolean).join('\n');
  terminal.print(options.json ? toJson({ ...told, status: 'resumed', steps: parked, ...(link && { link }) }) : text);
  return exitCodes.done;
}

async function pipelineOf(context: Context, run: string): Promise<Pipeline> {
  const pipelines = await context.pipelines();
  if (pipelines.some(({ name }) => name === run)) {
    refuse(
      `${run} is a pipeline: name one of its runs (\`waterclock runs --pipeline ${run}\`), or a range by --from and --to`,
    );
  }
  const named = parseRunName(run);
  if (!named)
    refuse(`'${run}' is not the name of a run, which reads <pipeline>-<interval end>: see \`waterclock runs\``);
  return findPipeline(pipelines, named.pipeline);
}

/** the source alone asks for them */
function paramsOf(pipeline: Pipeline, { from }: Retry, { param }: RetryOptions): Params {
  if (param && !beginsWithRaw(from)) {
    refuse(`--param changes what is extracted, and this retry begins with ${from}: add --from-step extract`);
  }
  return paramsFor(pipeline, param);
}

function knownEntity({ name, entities }: Pipeline, entity: string): string {
  const known = entities.map(({ plan }) => plan.name);
  if (!known.includes(entity)) refuse(`${name} has no entity '${entity}' (known: ${known.join(', ')})`);
  return entity;
}

function retryText(
  run: string,
  { pipeline, interval, from, source, entities }: RunInput & { interval: Interval },
): string {
  const what = entities ? `, only ${entities.join(' and ')}` : '';
  const raw = source ? `, on the raw of run ${source}` : '';
  return `would start ${run} from ${from}${what} (${summaryOf(pipeline, interval)})${raw}`;
}
