import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultCases, survives } from '../support/load-faults.js';
import { lender } from '../support/lender.js';
import { loadWorld, type LoadWorld } from '../support/load-world.js';

/** side by side, since a load mostly waits; each on a server of its own, whose faults are its own */
const lanes = 4;
let worlds: LoadWorld[];
beforeAll(async () => {
  worlds = await Promise.all(Array.from({ length: lanes }, () => loadWorld()));
}, 60_000);
afterAll(() => Promise.all((worlds ?? []).map((world) => world.close())));

test(`every fault at every step, mode and delivery: ${faultCases.length} loads`, { timeout: 2_400_000 }, async () => {
  const failed: string[] = [];
  const lend = lender(worlds);
  await Promise.all(
    faultCases.map((one, at) =>
      lend((world) => survives(world, one, `m${at}`)).catch((error: unknown) =>
        failed.push(`${Object.values(one).join(', ')}: ${String(error)}`),
      ),
    ),
  );
  expect(failed).toEqual([]);
});
