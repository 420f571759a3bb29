import { afterAll, beforeAll, expect, test } from 'vitest';
import { ready } from '../../activities/ready.js';
import type { CloseInput } from '../../activities/types.js';
import type { Dependencies } from '../../activities/dependencies.js';
import { intervalEnding, type Interval } from '../../model/interval.js';
import type { Policy } from '../../model/policy.js';
import { pipelines } from '../../pipelines/index.js';
import { memoryLedger, type MemoryLedger } from '../support/memory-ledger.js';
import { interval, runInput, timeSkipping, type TimeSkipping } from '../support/time-skipping.js';

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
  after: ['earthquakes', 'quarters'],
  settle: [],
};
const hourly = pipelines.find(({ name }) => name === 'earthquakes');
const quarter = 900_000;

/** a run of door2door after one pipeline of its grid and one of a finer one */
async function run(ledger: MemoryLedger, onLook: (looks: number) => void): Promise<number> {
  let looks = 0;
  const quarters = hourly && { ...hourly, name: 'quarters', grid: { every: quarter, offset: 0 } };
  const known = [...pipelines, ...(quarters ? [quarters] : [])];
  const dependencies = { pipelines: known, warehouse: () => ledger.warehouse } as unknown as Dependencies;
  const look = ready(dependencies);
  const fake = world.fakes(
    {
      ready: (input) => {
        onLook(++looks);
        return look(input);
      },
    },
    { policy },
  );
  await world.execute(fake, { ...runInput, dbt: 'skip' });
  expect(fake.closed).toMatchObject([{ status: 'completed' }]);
  return looks;
}

function close(ledger: MemoryLedger, pipeline: string, interval: Interval, status: CloseInput['status']): void {
  const run = { pipeline, interval, workflowId: '', runId: '', trigger: 'schedule' as const };
  ledger.rows.push({ run, status, finishedAt: interval.end } as CloseInput);
}

test('a run after others starts once every interval of theirs within its own has loaded, not when one failed', async () => {
  const ledger = memoryLedger();
  const quarters = [1, 2, 3, 4].map((count) =>
    intervalEnding({ every: quarter, offset: 0 }, Date.parse(interval.start) + count * quarter),
  );
  const looks = await run(ledger, (look) => {
    if (look === 1) close(ledger, 'earthquakes', interval, 'failed');
    if (look === 2) for (const one of quarters.slice(1)) close(ledger, 'quarters', one, 'completed');
    if (look === 4) close(ledger, 'earthquakes', interval, 'completed');
    if (look === 6) for (const one of quarters.slice(0, 1)) close(ledger, 'quarters', one, 'completed');
  });
  expect(looks).toBe(6);
});
