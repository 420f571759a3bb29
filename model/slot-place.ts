import type { PoolState } from './slots.js';

/** where a run is in the queue of a pool */
export interface Place {
  slots: number;
  /** names of the runs that hold them */
  holders: string[];
  /** how many are before it */
  before: number;
  /** ISO time before which no slot is granted */
  quietUntil?: string;
}

const holdersNamed = 5;

/** undefined of one that does not wait: it holds a slot, or the pool does not know it */
export function placeOf({ slots, holders, waiting, quietUntil }: PoolState, id: string): Place | undefined {
  const before = waiting.findIndex((claim) => claim.id === id);
  if (before < 0) return undefined;
  const quiet = quietUntil !== undefined && { quietUntil: new Date(quietUntil).toISOString() };
  return { slots, holders: holders.map(({ workflowId }) => workflowId), before, ...quiet };
}

export function placeText(pool: string, { slots, holders, before, quietUntil }: Place): string {
  const more = holders.length > holdersNamed ? ` and ${holders.length - holdersNamed} more` : '';
  const by = holders.length > 0 ? ` by ${holders.slice(0, holdersNamed).join(', ')}${more}` : '';
  const until = quietUntil
    ? `; none is granted before ${quietUntil}, since the pool has to find its holders again`
    : '';
  return `waits for a slot of pool ${pool}: ${holders.length} of ${slots} taken${by}; ${before} before it${until}`;
}
