import { intervalsCovering, type Grid, type Interval } from './interval.js';
import { runName } from './names.js';

/** what of a definition says which runs wait for which */
export interface Linked {
  name: string;
  grid: Grid;
  policy: { after: string[] };
}

/** pipelines whose runs wait for those of this one */
function dependentsOf<T extends Linked>(pipelines: T[], name: string): T[] {
  return pipelines.filter(({ policy }) => policy.after.includes(name));
}

/** pipelines that come after this one, directly or through others, each behind all that it waits for */
export function downstreamOf<T extends Linked>(pipelines: T[], name: string): T[] {
  const found: T[] = [];
  // two that wait for each other would be followed without end
  const seen = new Set([name]);
  function follow(upstream: string): void {
    for (const one of dependentsOf(pipelines, upstream)) {
      if (seen.has(one.name)) continue;
      seen.add(one.name);
      follow(one.name);
      found.unshift(one);
    }
  }
  follow(name);
  return found;
}

/** whether what a pipeline comes after comes after it, directly or through others */
export function waitsForItself(pipelines: Linked[], { name, policy }: Linked): boolean {
  const behind = new Set([name, ...downstreamOf(pipelines, name).map((one) => one.name)]);
  return policy.after.some((other) => behind.has(other));
}

/** a run that may wait for an interval of a pipeline, and all of that pipeline's intervals that it needs */
interface Waiter {
  run: string;
  needed: Interval[];
}

/** runs whose intervals overlap this one; those that have not ended at `now` cannot have a run that waits */
export function waitersFor(pipelines: Linked[], upstream: Linked, interval: Interval, now: number): Waiter[] {
  return dependentsOf(pipelines, upstream.name).flatMap(({ name, grid }) =>
    intervalsCovering(grid, interval)
      .filter(({ end }) => Date.parse(end) <= now)
      .map((one) => ({ run: runName(name, one), needed: intervalsCovering(upstream.grid, one) })),
  );
}
