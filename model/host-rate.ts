/** ms; who has a share in a slice of time is settled before it begins, so that all workers see the same shares */
export const sliceLength = 10_000;
/** ms by which the clocks of workers and server may differ */
const margin = 2_000;
/** slices without a sign after which a worker has no share */
const mostSilent = 9;
/** slices after which a worker says that it goes on */
export const renewAfter = 3;

/** what a worker asks for; of several rates for one host the lowest holds */
export interface RateAsk {
  /** of the worker's process */
  id: string;
  perSecond: number;
  /** requests that wait in it: its share beside those of others */
  weight: number;
}

interface Entry extends RateAsk {
  /** first slice in which it counts, and the last */
  from: number;
  until?: number;
  /** slice of the last sign */
  heard: number;
}

/** plain data, which one execution of the host's workflow hands to the next */
export interface HostRateState {
  entries: Entry[];
}

/** the turns of one worker in a slice: all of a host have numbers, `total` of them in a round */
export interface Share {
  perSecond: number;
  total: number;
  /** its places in the round; empty: it has no turn before the next slice */
  places: number[];
  /** epoch ms */
  from: number;
  to: number;
}

export const sliceAt = (ms: number) => Math.floor(ms / sliceLength);

/** the next slice that nobody can have looked at yet */
const nextSlice = (now: number) => sliceAt(now + margin) + 1;

const counts = (entry: Entry, slice: number) =>
  entry.from <= slice && slice <= (entry.until ?? Infinity) && slice - entry.heard <= mostSilent;

export function join(state: HostRateState, asked: RateAsk, now: number): void {
  const slice = sliceAt(now);
  prune(state, now);
  const known = state.entries.find(
    ({ id, until, heard }) => id === asked.id && until === undefined && slice - heard <= mostSilent,
  );
  if (known?.weight === asked.weight && known.perSecond === asked.perSecond) {
    known.heard = slice;
    return;
  }
  // the first has the host for itself at once
  const isAlone = !state.entries.some((entry) => entry.until === undefined || entry.until >= slice);
  const from = isAlone ? slice : nextSlice(now);
  if (known) known.until = from - 1;
  state.entries = state.entries.filter(({ from, until }) => until === undefined || until >= from);
  state.entries.push({ ...asked, from, heard: slice });
}

/** its share is free from the next slice on */
export function leave(state: HostRateState, id: string, now: number): void {
  for (const entry of state.entries) if (entry.id === id) entry.until ??= nextSlice(now) - 1;
  prune(state, now);
}

/** forgets what counts in no slice any more; a look may come a slice late */
export function prune(state: HostRateState, now: number): void {
  const slice = sliceAt(now) - 1;
  state.entries = state.entries.filter(({ until = Infinity, heard }) => until >= slice && slice - heard <= mostSilent);
}

/** the share of a worker in a slice; undefined when the host's workflow does not know the worker */
export function shareOf({ entries }: HostRateState, id: string, slice: number): Share | undefined {
  const isKnown = entries.some(
    (entry) => entry.id === id && entry.until === undefined && slice - entry.heard <= mostSilent,
  );
  const counted = entries.filter((entry) => counts(entry, slice)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const places: number[] = [];
  let total = 0;
  for (const entry of counted) {
    for (let turn = 0; turn < entry.weight; turn++, total++) if (entry.id === id) places.push(total);
  }
  if (places.length === 0 && !isKnown) return undefined;
  const perSecond = Math.min(...counted.map((entry) => entry.perSecond));
  return { perSecond, total, places, from: slice * sliceLength, to: (slice + 1) * sliceLength };
}

/** epoch ms of the first turn at or after a moment; undefined: none within the slice */
export function turnAt({ perSecond, total, places, to }: Share, earliest: number): number | undefined {
  if (places.length === 0) return undefined;
  // nobody else asks: it needs no turns
  if (places.length === total) return earliest < to ? earliest : undefined;
  const first = Math.ceil((earliest * perSecond) / 1000);
  for (let turn = first; turn < first + total; turn++) {
    if (!places.includes(turn % total)) continue;
    const at = Math.ceil((turn * 1000) / perSecond);
    return at < to ? at : undefined;
  }
  return undefined;
}
