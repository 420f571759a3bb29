import type { DownstreamResult, FollowedPipeline } from '../model/downstream.js';
import type { Interval } from '../model/interval.js';
import { downstreamId, runName } from '../model/names.js';
import type { Context } from './context.js';
import { rootMessage } from './explain.js';
import { refuse } from './failure.js';

/** names of runs that a person reads at a glance */
const mostNamed = 5;

/** names of the runs that used these intervals of a pipeline, in order of dependency, by the lake; none when it does not answer */
export async function runsThatUsed(context: Context, pipeline: string, intervals: Interval[]): Promise<string[]> {
  const pipelines = await context.pipelines();
  if (!pipelines.some(({ policy }) => policy.after.includes(pipeline))) return [];
  const [{ usersOf }, { newestClosed }] = await Promise.all([
    import('../lake/used-by.js'),
    import('../lake/closed-runs.js'),
  ]);
  try {
    const store = await context.store();
    const { lakeBucket } = context.settings();
    const found = await usersOf(pipelines, pipeline, intervals, (name, { from, to }) =>
      newestClosed(store, lakeBucket, name, from, to),
    );
    return found.flatMap((used) => used.intervals.map((interval) => runName(used.pipeline, interval)));
  } catch (error) {
    context.terminal.say(`without the runs that used it: ${rootMessage(error)}`);
    return [];
  }
}

/** `2 runs used it: b-..., c-...`; undefined when none did */
export function usedText(runs: string[], what = 'it'): string | undefined {
  if (runs.length === 0) return undefined;
  const more = runs.length > mostNamed ? ` and ${runs.length - mostNamed} more` : '';
  return `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} used ${what}: ${runs.slice(0, mostNamed).join(', ')}${more}`;
}

/** one at a time after a run or range: a second would not know what the first is about to make again */
export async function refuseWhileFollowed(context: Context, runOrRange: string): Promise<void> {
  const id = downstreamId(runOrRange);
  const seen = await described(context, id);
  if (seen?.status.name === 'RUNNING') refuse(`${id} is running: wait for its end, or \`waterclock cancel ${id}\``);
}

/** undefined when there is none */
async function described(context: Context, id: string) {
  const { client } = await context.temporal();
  const { WorkflowNotFoundError } = await import('@temporalio/client');
  return client.workflow
    .getHandle(id)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
}

/** what a command that waits adds to its own outcome */
export interface Following {
  json: object;
  text: string;
  isDone: boolean;
}

/** waits until what used a run or range has run again */
export async function followDownstream(context: Context, runOrRange: string): Promise<Following> {
  const { client } = await context.temporal();
  const { outcomeOf } = await import('./wait.js');
  const downstream = downstreamId(runOrRange);
  const { terminal } = context;
  const [before, after] = await Promise.all([described(context, runOrRange), described(context, downstream)]);
  // one of an earlier retry says nothing about this one
  if (!after || (before && after.startTime < before.startTime)) {
    const text = `nothing follows: ${runOrRange} has not loaded the whole interval`;
    return { json: { downstream: { workflow: null, status: 'nothing to do' } }, text, isDone: true };
  }
  context.leaving(`${downstream} goes on without this command`);
  const handle = client.workflow.getHandle(downstream);
  const outcome = await outcomeOf<DownstreamResult>(handle, async () => {
    const { pipelines } = await client.withDeadline(Date.now() + 5_000, () =>
      handle.query<DownstreamResult>('progress'),
    );
    const running = pipelines.filter(({ status }) => status === 'running').map(({ pipeline }) => pipeline);
    terminal.progress(`${downstream}  ${running.join(', ') || 'waiting'}`);
  });
  if (outcome.status === 'failed') {
    const { error } = outcome;
    return {
      json: { downstream: { workflow: downstream, status: 'failed', error } },
      text: `${terminal.paint('red', 'failed')} ${downstream}: ${error}`,
      isDone: false,
    };
  }
  const { pipelines } = outcome.result;
  const isDone = pipelines.every(({ status }) => status !== 'failed');
  return {
    json: { downstream: { workflow: downstream, status: isDone ? 'completed' : 'failed', pipelines } },
    text: pipelines.map((one) => followedLine(terminal, one)).join('\n'),
    isDone,
  };
}

function followedLine(
  { paint }: Context['terminal'],
  { pipeline, status, total, succeeded, left, error }: FollowedPipeline,
): string {
  const colour = status === 'failed' ? 'red' : 'green';
  const notes = [...left.map((text) => `left out: ${text}`), ...(error ? [error] : [])].map((text) => `; ${text}`);
  const counts = total > 0 ? `: ${succeeded} of ${total} runs that used it` : '';
  return `${paint(colour, status)} ${pipeline}${counts}${notes.join('')}`;
}
