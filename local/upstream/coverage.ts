import { firstFrom, type Grid, lastComplete } from 'waterclock/intervals';

export interface Coverage {
  /** first and last grid point of the complete, due intervals; equal when there is none */
  from: string;
  to: string;
  simulated: boolean;
  /** what lies in intervals that are not due yet, at most 100 names */
  waiting: string[];
  waitingCount: number;
}

const mostNamed = 100;

/** the complete intervals that moments cover, as far as they are due */
export function cover(grid: Grid, moments: { name: string; at: number }[], now: number, simulated: boolean): Coverage {
  const pointUpTo = (at: number) => lastComplete({ ...grid, offset: 0 }, at).end;
  const due = Date.parse(lastComplete(grid, now).end);
  const sorted = moments.toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
  const waiting = sorted.filter(({ at }) => at >= due).map(({ name }) => name);
  const from = pointUpTo(sorted[0]?.at ?? 0);
  const last = sorted.findLast(({ at }) => at < due);
  const to = last ? firstFrom(grid, last.at + 1).start : from;
  return {
    from,
    to,
    simulated,
    waiting: waiting.slice(0, mostNamed),
    waitingCount: waiting.length,
  };
}
