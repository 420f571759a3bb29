import { intervalsCovering, type Interval } from '../model/interval.js';
import { runName } from '../model/names.js';
import { satisfies } from '../model/run-status.js';
import type { Context } from './context.js';
import { rootMessage } from './explain.js';
import { runsThatUsed, usedText } from './used-by.js';

/** a pipeline that a run comes after: how many of the intervals that it needs are done */
interface Upstream {
  pipeline: string;
  needed: number;
  done: number;
  /** name of the first run that is not; absent when all are */
  missing?: string;
}

export interface Neighbours {
  after?: Upstream[];
  /** names of the runs that used the interval, in order of dependency */
  usedBy?: string[];
}

/** what a run comes after and what came after it, by the lake; one listing a pipeline, and none where it has no neighbours */
export async function neighboursOf(context: Context, pipeline: string, interval: Interval): Promise<Neighbours> {
  const pipelines = await context.pipelines();
  const own = pipelines.find(({ name }) => name === pipeline);
  const others = pipelines.filter(({ name }) => own?.policy.after.includes(name));
  const [after, usedBy] = await Promise.all([
    Promise.all(others.map(({ name, grid }) => upstreamOf(context, name, intervalsCovering(grid, interval)))),
    runsThatUsed(context, pipeline, [interval]),
  ]);
  const known = after.filter((one) => one !== undefined);
  return { ...(known.length > 0 && { after: known }), ...(usedBy.length > 0 && { usedBy }) };
}

async function upstreamOf(context: Context, name: string, needed: Interval[]): Promise<Upstream | undefined> {
  const { newestClosed } = await import('../lake/closed-runs.js');
  try {
    const [store, { lakeBucket }] = [await context.store(), context.settings()];
    const closed = await newestClosed(store, lakeBucket, name, needed[0]?.start ?? '', needed.at(-1)?.end ?? '');
    const done = new Set(closed.filter(({ status }) => satisfies(status)).map(({ start }) => start));
    const left = needed.filter(({ start }) => !done.has(start));
    const [first] = left;
    const missing = first && runName(name, first);
    return { pipeline: name, needed: needed.length, done: needed.length - left.length, ...(missing && { missing }) };
  } catch (error) {
    context.terminal.say(`without what it comes after: ${rootMessage(error)}`);
    return undefined;
  }
}

/** as `show` has it */
export function neighbourLines({ after = [], usedBy = [] }: Neighbours): string[] {
  const lines = after.map(({ pipeline, needed, done, missing }) => {
    if (!missing) return `after ${pipeline}, which has loaded${needed > 1 ? ` all ${needed} intervals` : ''}`;
    return `after ${pipeline}, which has loaded ${done} of ${needed}: ${missing} is not done`;
  });
  const text = usedText(usedBy);
  return text ? [...lines, text] : lines;
}
