import { expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { listedIntervals } from '../../../activities/watch-lists.js';
import { putJson } from '../../../lake/object-store.js';
import { intervalsBetween } from '../../../model/interval.js';
import type { ListedInterval } from '../../../model/retry.js';
import { memoryStore } from '../../../testing/memory-store.js';

const hour = 3_600_000;
const intervals = intervalsBetween({ every: hour, offset: 0 }, 0, 1_000 * hour);

async function asked(list: ListedInterval[], from: string, most: number): Promise<ListedInterval[]> {
  const store = memoryStore();
  const ref = await putJson(store, { bucket: 'lake', key: 'list.json' }, list);
  return listedIntervals({ store } as unknown as Dependencies)({ list: ref, from, most });
}

test('a part of a list begins where it is asked for, and has at most so many', async () => {
  const from = intervals[100]?.start ?? '';
  expect(await asked(intervals, from, 3)).toEqual(intervals.slice(100, 103));
});

test('a part of a list is never more than a payload holds, and never nothing', async () => {
  const params = { text: 'x'.repeat(4_000) };
  const list = intervals.map((interval) => ({ ...interval, retry: { from: 'extract' as const, params } }));
  const part = await asked(list, intervals[0]?.start ?? '', 500);
  expect(part.length).toBeGreaterThan(10);
  expect(JSON.stringify(part).length).toBeLessThan(300_000);
  const [large] = list;
  if (!large) throw new Error('there is one');
  const huge = { ...large, retry: { ...large.retry, params: { text: 'x'.repeat(400_000) } } };
  expect(await asked([huge], huge.start, 500)).toHaveLength(1);
});
