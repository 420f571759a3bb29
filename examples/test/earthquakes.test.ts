import { expect, test } from 'vitest';
import { covered, withUpstream } from './support/upstream.js';

test('the sample covers a week', async () => {
  expect(await covered('earthquakes', 3_600_000, 600_000)).toMatchObject({
    from: '2018-01-31T01:00:00Z',
    to: '2018-02-07T02:00:00Z',
    simulated: false,
  });
});

test('it has 1707 earthquakes, 85 of magnitude 4.5 and above', async () => {
  const week = '/earthquakes/fdsnws/event/1/query?starttime=2018-01-31T01:00:00Z&endtime=2018-02-07T02:00:00Z';
  const counts = await withUpstream(async (ask) => {
    const count = async (more: string) => ((await ask(week + more)) as { features: unknown[] }).features.length;
    return [await count(''), await count('&minmagnitude=4.5')];
  });
  expect(counts).toEqual([1707, 85]);
});
