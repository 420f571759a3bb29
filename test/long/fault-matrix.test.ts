import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultCases, survives } from '../support/load-faults.js';
import { loadWorld, type LoadWorld } from '../support/load-world.js';

let world: LoadWorld;
beforeAll(async () => {
  world = await loadWorld();
}, 60_000);
afterAll(() => world?.close());

test(`every fault at every step, mode and delivery: ${faultCases.length} loads`, { timeout: 2_400_000 }, async () => {
  const failed: string[] = [];
  for (const [at, one] of faultCases.entries()) {
    await survives(world, one, `m${at}`).catch((error: unknown) =>
      failed.push(`${Object.values(one).join(', ')}: ${String(error)}`),
    );
  }
  expect(failed).toEqual([]);
});
