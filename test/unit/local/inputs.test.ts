import { expect, test } from 'vitest';
import { liveInputs } from '../../../local/start/inputs.js';
import type { Sample } from '../../../samples/sample.js';
import { duration } from '../../../model/interval.js';

const now = Date.parse('2026-03-04T10:05:00Z');
const pipeline = (name: string, every: string, snapshot = false) => ({
  name,
  snapshot,
  dbt: false,
  grid: { every: duration(every), offset: duration('10 minutes') },
});
const ranges = (pipelines: ReturnType<typeof pipeline>[], samples: Sample[] = []) =>
  liveInputs(pipelines, samples, now).map(({ pipeline, range }) => [pipeline, range?.from, range?.to]);

test('real sources are asked for the due intervals of a day, or for the last one where it is longer', () => {
  expect(ranges([pipeline('hourly', '1 hour'), pipeline('daily', '1 day'), pipeline('slow', '2 days')])).toEqual([
    ['hourly', '2026-03-03T09:00:00Z', '2026-03-04T09:00:00Z'],
    ['daily', '2026-03-03T00:00:00Z', '2026-03-04T00:00:00Z'],
    ['slow', '2026-03-02T00:00:00Z', '2026-03-04T00:00:00Z'],
  ]);
});

test('a sample says what its real source has; a snapshot has no range', () => {
  const live = { from: '2022-11-24T10:00:00Z', to: '2022-11-24T12:00:00Z' };
  const sample: Sample = { pipeline: 'hourly', folder: '', simulated: true, live };
  expect(ranges([pipeline('hourly', '1 hour'), pipeline('state', '1 day', true)], [sample])).toEqual([
    ['hourly', live.from, live.to],
    ['state', undefined, undefined],
  ]);
});
