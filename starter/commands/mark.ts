import { randomUUID } from 'node:crypto';
import { dueAt, intervalEnding, iso, isOnGrid } from '../../model/interval.js';
import type { RunRef } from '../../model/keys.js';
import { parseRunName } from '../../model/names.js';
import type { Pipeline } from '../../define/pipeline.js';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { rootMessage } from '../../control/explain.js';
import { exitCodes, refuse } from '../../control/failure.js';
import type { Mark } from '../../warehouse/mark.js';
import { findPipeline } from '../../control/find-pipeline.js';
import { toJson } from '../../control/json.js';
import { reasonOf } from '../reason.js';

interface Options {
  note?: string;
  dryRun?: true;
}

export const markCommand: CommandDefinition<[string, string], Options> = {
  options: (command) =>
    command
      .option('--note <why>', 'why it is done; kept in the ledger beside who said so')
      .option('--dry-run', 'show what would be written'),
  examples: [
    'waterclock mark parcels-2026-11-24T11:00:00Z done --note "the vendor sent no file, ticket 4711"',
    'waterclock mark orders-2026-01-31T02:00:00Z done --note "loaded by hand" --dry-run',
  ],
  async run(context, { note, dryRun, json }, name, state) {
    if (state !== 'done') refuse(`an interval is marked as done, got '${state}'; to load it after all, run it again`);
    const why = reasonOf(note);
    if (!why) refuse('say why the interval is done: --note "..."; the ledger keeps it');
    const named = parseRunName(name);
    if (!named)
      refuse(`'${name}' is not the name of a run, which reads <pipeline>-<interval end>: see \`waterclock runs\``);
    const pipeline = findPipeline(await context.pipelines(), named.pipeline);
    const run: RunRef = { ...intervalOf(pipeline, name, named.end), runId: `mark-${randomUUID()}` };
    await refuseUnlessOver(context, run);
    const at = new Date().toISOString();
    const mark = { run, dueAt: iso(dueAt(pipeline.grid, run.interval)), at, by: context.user(), note: why };
    if (!dryRun) {
      await write(context, mark);
      await tell(context, run);
    }
    const { terminal } = context;
    const { interval, runId } = run;
    const told = { pipeline: pipeline.name, run: name, interval, status: dryRun ? 'dry run' : 'marked', by: mark.by };
    const text = `${dryRun ? 'would mark' : 'marked'} ${name} as done, by ${mark.by}: ${why}`;
    terminal.print(json ? toJson({ ...told, note: why, ...(!dryRun && { runId, at }) }) : text);
    return exitCodes.done;
  },
};

function intervalOf({ name, grid }: Pipeline, run: string, end: string): Omit<RunRef, 'runId'> {
  const at = Date.parse(end);
  if (Number.isNaN(at) || !isOnGrid(grid, at))
    refuse(`${name} has no interval that ends at ${end}: see \`waterclock grid ${name}\``);
  const interval = intervalEnding(grid, at);
  if (dueAt(grid, interval) > Date.now()) refuse(`${run} is not due before ${iso(dueAt(grid, interval))}`);
  return { pipeline: name, interval, workflowId: run, trigger: 'manual' };
}

/** what is running writes a row of its own at its end, over the mark */
async function refuseUnlessOver(context: Context, { workflowId: run, pipeline, interval }: RunRef): Promise<void> {
  const [{ earlierRun }, { newestRun }] = await Promise.all([
    import('../../control/earlier-run.js'),
    import('../../warehouse/ledger.js'),
  ]);
  const known = await earlierRun(await context.temporal(), run);
  if (known?.status === 'parked') refuse(`${run} is parked: \`waterclock resolve ${run} skip\``);
  if (known?.status === 'running') refuse(`${run} is running: wait for its end, or \`waterclock cancel ${run}\``);
  const newest = await newestRun(await context.warehouse(), pipeline, interval);
  if (newest?.status === 'completed') refuse(`${run} has loaded, in run ${newest.runId}: there is nothing to mark`);
}

/** in the ledger, for people, and in the lake, where the watch and what waits for the interval look */
async function write(context: Context, mark: Mark) {
  const [{ markInterval }, { putClosed }] = await Promise.all([
    import('../../warehouse/mark.js'),
    import('../../lake/closed-runs.js'),
  ]);
  try {
    await markInterval(await context.warehouse(), mark);
  } catch (error) {
    if (!(error instanceof Error) || !/(marked_by|note).*does not exist/i.test(error.message)) throw error;
    refuse('the ledger has no columns for marks yet: `waterclock migrate --bootstrap`');
  }
  const { run, at, by, note } = mark;
  const { pipeline, interval, runId, workflowId } = run;
  const closed = { ...interval, runId, status: 'marked' as const, finishedAt: at };
  await putClosed(await context.store(), context.settings().lakeBucket, pipeline, closed, { workflowId, by, note });
}

/** those that wait look by themselves too, so what stands in the ledger holds whatever fails here */
async function tell(context: Context, run: RunRef): Promise<void> {
  const { tellWaiting } = await import('../../lake/tell-waiting.js');
  const [{ client }, store, pipelines] = await Promise.all([context.temporal(), context.store(), context.pipelines()]);
  const bucket = context.settings().lakeBucket;
  try {
    const told = await tellWaiting({ client, store, bucket, pipelines }, run);
    if (told.length > 0) context.terminal.say(`signalled ${told.join(', ')}, which waited for it`);
  } catch (error) {
    context.terminal.say(`runs that wait for it got no signal, and find it by themselves: ${rootMessage(error)}`);
  }
}
