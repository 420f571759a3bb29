import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/activity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notReady } from '../../model/errors.js';
import { intervalEnding } from '../../model/interval.js';
import type { Policy } from '../../model/policy.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { grid, runInput, timeSkipping, type TimeSkipping } from '../support/time-skipping.js';

let world: TimeSkipping;
beforeAll(async () => {
  world = await timeSkipping();
}, 60_000);
afterAll(() => world?.environment.teardown());

const day = 86_400_000;

const waiting = (every: number, timeout: number): Policy => ({
  onFailure: 'fail',
  parkFor: 0,
  retries: {},
  alerts: { late: ['log'] },
  after: [],
  settle: [],
  waitFor: { minimumObjects: 1, every, timeout },
});

/** a sensor that looks so often in vain */
function sensor(looks: number) {
  let looked = 0;
  return {
    looked: () => looked,
    ready: async () => {
      if (++looked > looks) return { found: 'it came' };
      throw ApplicationFailure.create({ type: notReady, message: `look ${looked}: 0 of at least 1 objects` });
    },
  };
}

test('however often a run looks in three weeks, its history stays short, and its late alert still fires', async () => {
  // at ten seconds the server that skips time takes a quarter of an hour; it counts looks, history does not
  const every = 600_000;
  const looks = (21 * day) / every;
  const { ready, looked } = sensor(looks);
  const fake = world.fakes({ ready }, { policy: waiting(every, 22 * day) });
  const now = await world.environment.currentTimeMs();
  const end = Math.ceil(now / grid.every) * grid.every;
  const workflowId = `sensor-${Math.random()}`;
  await world.running(fake, async () => {
    const handle = await world.environment.client.workflow.start(pipelineRun, {
      workflowId,
      taskQueue: fake.taskQueue,
      args: [{ ...runInput, trigger: 'schedule', interval: intervalEnding(grid, end), dbt: 'skip' }],
    });
    await handle.result();
    const { historyLength, runId } = await handle.describe();
    expect(runId).toBe(handle.firstExecutionRunId);
    expect(historyLength).toBeLessThan(200);
  });
  expect(looked()).toBe(looks + 1);
  expect((await world.environment.currentTimeMs()) - now).toBeGreaterThan(21 * day);
  expect(fake.closed).toMatchObject([{ status: 'completed', late: true }]);
  expect(fake.alerts.map(({ kind }) => kind)).toEqual(['late']);
}, 120_000);

test('a sensor gives up at its timeout, and says what it last found', async () => {
  const { ready, looked } = sensor(Infinity);
  const fake = world.fakes({ ready }, { policy: waiting(300_000, 3_600_000) });
  await expect(world.execute(fake)).rejects.toBeInstanceOf(WorkflowFailedError);
  const message = `waited 60 minutes: look ${looked()}: 0 of at least 1 objects`;
  expect(fake.closed).toMatchObject([{ failures: [{ step: 'wait', type: 'SensorTimeout', message }] }]);
  expect(looked()).toBeGreaterThanOrEqual(12);
});
