import { afterAll, beforeAll, expect, test } from 'vitest';
import { ready } from '../../activities/ready.js';
import type { Dependencies } from '../../activities/dependencies.js';
import { intervalEnding, type Interval } from '../../model/interval.js';
import type { RunStatus } from '../../model/run-result.js';
import type { Policy } from '../../model/policy.js';
import { pipelines } from '../support/pipelines.js';
import { putClosed } from '../../lake/closed-runs.js';
import { memoryLedger } from '../support/memory-ledger.js';
import { memoryStore, type MemoryStore } from '../../testing/memory-store.js';
import { interval, runInput, timeSkipping, type Fakes, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

const policy: Policy = {
  onFailure: 'fail',
  parkFor: 0,
  retries: {},
  alerts: {},
  after: ['readings', 'quarters'],
  settle: [],
};
const hourly = pipelines.find(({ name }) => name === 'readings');
const quarter = 900_000;

/** a run of minibuses after one pipeline of its grid and one of a finer one */
async function run(store: MemoryStore, onLook: (looks: number) => unknown) {
  let looks = 0;
  let statements = 0;
  const { warehouse } = memoryLedger();
  const counted: typeof warehouse = { ...warehouse, query: (...asked) => (statements++, warehouse.query(...asked)) };
  const quarters = hourly && { ...hourly, name: 'quarters', grid: { every: quarter, offset: 0 } };
  const known = [...pipelines, ...(quarters ? [quarters] : [])];
  const settings = { lakeBucket: 'lake' };
  const { client } = world.environment;
  const dependencies = { pipelines: known, warehouse: () => counted, store, settings, client };
  const look = ready(dependencies as unknown as Dependencies);
  const fake: Fakes = world.fakes(
    {
      ready: async (input) => {
        await onLook(++looks);
        return look({ ...input, plan: fake.plan });
      },
    },
    { policy },
  );
  await world.execute(fake, { ...runInput, dbt: 'skip' });
  expect(fake.closed).toMatchObject([{ status: 'completed' }]);
  return { looks, statements };
}

test('a run after others starts once every interval of theirs within its own has loaded, not when one failed', async () => {
  const store = memoryStore();
  const close = (pipeline: string, interval: Interval, status: RunStatus, finishedAt = interval.end) =>
    putClosed(store, 'lake', pipeline, { ...interval, status, finishedAt, runId: status });
  const quarters = [1, 2, 3, 4].map((count) =>
    intervalEnding({ every: quarter, offset: 0 }, Date.parse(interval.start) + count * quarter),
  );
  const { looks, statements } = await run(store, async (look) => {
    if (look === 1) await close('readings', interval, 'failed');
    if (look === 2) for (const one of quarters.slice(1)) await close('quarters', one, 'completed');
    if (look === 4) await close('readings', interval, 'completed', '2022-11-24T12:00:00Z');
    if (look === 6) for (const one of quarters.slice(0, 1)) await close('quarters', one, 'completed');
  });
  expect(looks).toBe(6);
  // for what may have loaded before the lake kept it, once for each of the two
  expect(statements).toBe(2);
});
