import type { ClosedRun } from '../model/closed-run.js';
import { downstreamOf, type Linked } from '../model/dependents.js';
import { intervalsCovering, type Interval } from '../model/interval.js';

/** the newest run of each interval of a pipeline that begins in `[from, to)` and has one that ended */
export type ClosedIn = (pipeline: string, range: { from: string; to: string }) => Promise<ClosedRun[]>;

/** intervals of a pipeline that overlap any of these and have loaded, oldest first */
export async function loadedOver(
  { name, grid }: Linked,
  intervals: Interval[],
  closedIn: ClosedIn,
): Promise<Interval[]> {
  const over = new Map(
    intervals.flatMap((one) => intervalsCovering(grid, one).map((covering) => [covering.start, covering])),
  );
  const starts = [...over.keys()].sort();
  const [from] = starts;
  const last = over.get(starts.at(-1) ?? '');
  if (from === undefined || !last) return [];
  const closed = await closedIn(name, { from, to: last.end });
  return closed
    .filter(({ start, status }) => status === 'completed' && over.has(start))
    .map(({ start, end }) => ({ start, end }));
}

interface UsedBy {
  pipeline: string;
  intervals: Interval[];
}

/** what would run again after these intervals of a pipeline, by pipeline in order of dependency */
export async function usersOf(
  pipelines: Linked[],
  name: string,
  intervals: Interval[],
  closedIn: ClosedIn,
): Promise<UsedBy[]> {
  const again = new Map([[name, intervals]]);
  const found: UsedBy[] = [];
  for (const one of downstreamOf(pipelines, name)) {
    const upstream = one.policy.after.flatMap((other) => again.get(other) ?? []);
    const used = await loadedOver(one, upstream, closedIn);
    if (used.length === 0) continue;
    again.set(one.name, used);
    found.push({ pipeline: one.name, intervals: used });
  }
  return found;
}
