import { firstFrom, iso, lastComplete, parseTime, type Interval } from '../model/interval.js';
import type { BackfillInput, BackfillState } from '../model/backfill.js';
import type { ListedInterval } from '../model/retry.js';
import { beginsWithRaw } from '../model/steps.js';
import { listedIntervals, waiting } from './activities.js';

/** intervals that the ledger is asked about at once */
const lookAhead = 500;

/** the intervals of a backfill that need a run, in order, asked of the ledger a chunk at a time */
export function intervalsLeft(input: BackfillInput, state: BackfillState) {
  const { pipeline, grid, backwards, reprocess = 'failed' } = input;
  const from = parseTime(input.from);
  const to = parseTime(input.to);
  // what lies in the lake already cannot hold an object that appeared since
  const extracts = reprocess === 'failed' && !input.retries && beginsWithRaw(input.fromStep);
  const { loadedIntervals } = waiting(input.heartbeatTimeout);
  let chunk: ListedInterval[] = [];
  let loaded = new Set<string>();

  function following(at: number): Interval | undefined {
    if (input.retries) return input.retries.find(({ interval }) => Date.parse(interval.start) >= at)?.interval;
    const interval = backwards ? lastComplete({ ...grid, offset: 0 }, at) : firstFrom(grid, at);
    return Date.parse(interval.start) >= from && Date.parse(interval.end) <= to ? interval : undefined;
  }

  async function nextChunk(): Promise<ListedInterval[]> {
    if (input.listed) return listedIntervals({ list: input.listed.list, from: state.next, most: lookAhead });
    const chunk: Interval[] = [];
    let at = parseTime(state.next);
    for (let next = following(at); next && chunk.length < lookAhead; next = following(at)) {
      chunk.push(next);
      at = Date.parse(backwards ? next.start : next.end);
    }
    return chunk;
  }

  async function lookUp(): Promise<void> {
    chunk = await nextChunk();
    const starts = chunk.map(({ start }) => start).sort();
    const ends = chunk.map(({ end }) => end).sort();
    const [first] = starts;
    const last = ends.at(-1);
    if (reprocess === 'completed' || !first || !last) return;
    loaded = new Set(await loadedIntervals({ pipeline, from: first, to: last, reprocess, extracts }));
  }

  return {
    /** undefined when none is left */
    async take(): Promise<ListedInterval | undefined> {
      for (;;) {
        if (chunk.length === 0) await lookUp();
        const interval = chunk.shift();
        if (!interval) return undefined;
        state.next = iso(Date.parse(backwards ? interval.start : interval.end));
        if (!loaded.has(interval.start)) return interval;
        state.progress.loadedEarlier++;
        state.progress.succeeded++;
      }
    },
  };
}
