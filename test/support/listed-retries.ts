import type { BackfillInput } from '../../model/backfill.js';
import { intervalsBetween } from '../../model/interval.js';
import type { ListedInterval } from '../../model/retry.js';
import { ref } from './time-skipping.js';

export const minute = 60_000;
const grid = { every: minute, offset: 0 };

/** runs that are made again, each on what its own earlier run left */
export const retriesOf = (count: number): ListedInterval[] =>
  intervalsBetween(grid, 0, count * minute).map((interval, at) => ({
    ...interval,
    retry: {
      from: at % 2 === 0 ? 'validate' : 'copy',
      source: `${String(at).padStart(8, '0')}-0000-4000-8000-000000000000`,
      params: { magnitude: at },
    },
  }));

/** of a range of retries whose list lies in the lake */
export const inputOf = (list: ListedInterval[]): BackfillInput => {
  const [first, last] = [list[0], list.at(-1)];
  if (!first || !last) throw new Error('a list has intervals');
  return {
    pipeline: 'many',
    from: first.start,
    to: last.end,
    grid,
    reprocess: 'completed',
    maxActive: 100,
    dbt: 'skip',
    dbtTarget: 'none',
    heartbeatTimeout: 7_200_000,
    params: {},
    listed: { list: ref('retries'), count: list.length, first, last },
  };
};
