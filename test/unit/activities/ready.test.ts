import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { ready } from '../../../activities/ready.js';
import type { CloseInput, Step } from '../../../activities/types.js';
import type { Plan } from '../../../model/plan.js';
import type { RunStatus } from '../../../model/run-result.js';
import { pipelines } from '../../support/pipelines.js';
import { memoryLedger } from '../../support/memory-ledger.js';
import { memoryStore } from '../../../testing/memory-store.js';

const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const run = { pipeline: 'minibuses', interval, workflowId: 'w', runId: 'r', trigger: 'manual' as const };
const [{ source } = {}] = pipelines;
const policy = (given: object) => ({ source, policy: { after: [], ...given } }) as unknown as Plan;

function look(dependencies: Partial<Dependencies>, input: Parameters<Step<'ready'>>[0]) {
  const activity = ready({ pipelines, ...dependencies } as Dependencies);
  return new MockActivityEnvironment().run(() => activity(input)) as ReturnType<Step<'ready'>>;
}

test.each<[RunStatus, boolean]>([
  ['completed', true],
  ['skipped', true],
  ['marked', true],
  ['partial', false],
  ['failed', false],
  ['cancelled', false],
])('whoever waits for an interval that ended as %s goes on: %s', async (status, goesOn) => {
  const ledger = memoryLedger();
  const closed = { run: { ...run, pipeline: 'readings' }, status, finishedAt: interval.end };
  ledger.rows.push(closed as CloseInput);
  const settings = { lakeBucket: 'lake' } as Dependencies['settings'];
  const dependencies = { settings, store: memoryStore(), warehouse: () => ledger.warehouse };
  const seen = await look(dependencies, { run, plan: policy({ after: ['readings'] }) });
  expect(seen.missing === undefined).toBe(goesOn);
});

test('what is not there is a failure that nobody is warned of, where the server looks again', async () => {
  const store = memoryStore();
  const plan = policy({ waitFor: { marker: 's3://marks/{start:%Y/%m/%d}/{hr}/_SUCCESS' } });
  await expect(look({ store }, { run, plan, fails: true })).rejects.toMatchObject({
    type: 'NotReady',
    category: 'BENIGN',
    nonRetryable: false,
    message: 's3://marks/2022/11/24/10/_SUCCESS is not there',
  });
  await store.put({ bucket: 'marks', key: '2022/11/24/10/_SUCCESS' }, '');
  expect(await look({ store }, { run, plan, fails: true })).toMatchObject({
    found: expect.stringContaining('is there'),
  });
});
