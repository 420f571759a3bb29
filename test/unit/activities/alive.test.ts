import { MockActivityEnvironment } from '@temporalio/testing';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { alive } from '../../../activities/alive.js';

/** heartbeats of work that is done under a heartbeat of 30 ms, and how long after its start the last one came */
async function heartbeats(work: Parameters<typeof alive>[0], silence: number) {
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 30 });
  const begun = Date.now();
  const beats: number[] = [];
  environment.on('heartbeat', () => beats.push(Date.now() - begun));
  await environment.run(() => alive(work, silence));
  return beats;
}

test('work that gives signs is kept alive beyond the silence that is allowed', async () => {
  const beats = await heartbeats(async ({ sign }) => {
    for (let count = 0; count < 40; count++) {
      await setTimeout(50);
      sign();
    }
  }, 1_000);
  expect(beats.at(-1)).toBeGreaterThan(1_500);
});

test('work that hangs is noticed: the heartbeat stops', async () => {
  const beats = await heartbeats(() => setTimeout(2_500), 300);
  expect(beats.at(-1)).toBeLessThan(1_800);
});
