import { expect, test } from 'vitest';
import type { Share } from '../../../model/host-rate.js';
import { pacer } from '../../../sources/http/pacer.js';

const never = new AbortController().signal;
const turn = { host: 'api.example.com', signal: never, sign: () => undefined };

async function timesOf(paced: ReturnType<typeof pacer>, count: number, perSecond: number): Promise<number[]> {
  const begun = performance.now();
  return Promise.all(
    Array.from({ length: count }, async () => {
      await paced.turn({ ...turn, perSecond });
      return performance.now() - begun;
    }),
  );
}

test('alone, a worker asks as often as the rate says, whatever waits at once', async () => {
  const times = await timesOf(pacer(), 6, 20);
  expect(times[0]).toBeLessThan(40);
  expect(times.at(-1)).toBeGreaterThan(240);
  expect(times.at(-1)).toBeLessThan(400);
});

test('with a third of the turns it asks a third as often', async () => {
  const share: Share = { perSecond: 30, total: 3, places: [1], from: 0, to: Infinity };
  const times = await timesOf(pacer({ share: async () => share }), 6, 30);
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  for (const gap of gaps) expect(Math.abs(gap - 100)).toBeLessThan(45);
});

test('without a share it waits, and asks for one again', async () => {
  let looks = 0;
  const share: Share = { perSecond: 100, total: 1, places: [0], from: 0, to: Infinity };
  const rates = {
    share: async () => {
      if (looks++ === 0) throw new Error('Temporal is away');
      return share;
    },
  };
  const [time] = await timesOf(pacer(rates), 1, 100);
  expect(looks).toBe(2);
  expect(time).toBeGreaterThan(900);
});

test('one that waits behind others leaves at once when its run is cancelled', async () => {
  const paced = pacer();
  const controller = new AbortController();
  const reason = new Error('cancelled');
  await paced.turn({ ...turn, perSecond: 1 });
  const behind = paced.turn({ ...turn, perSecond: 1 });
  const cancelled = paced.turn({ ...turn, perSecond: 1, signal: controller.signal });
  controller.abort(reason);
  await expect(cancelled).rejects.toBe(reason);
  await behind;
});
