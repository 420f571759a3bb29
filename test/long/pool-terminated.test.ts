import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { poolId, runName } from '../../model/names.js';
import type { PoolState } from '../../model/slots.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { eventually } from '../support/eventually.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';

const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const minute = 60_000;

let service: NoOpService;
const began: string[] = [];
const freed = new Set<string>();
beforeAll(async () => {
  service = await noOpService(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '', builtWorkflows(), () => ({
    extract: async ({ run }) => {
      began.push(run.workflowId);
      await eventually(() => freed.has(run.workflowId));
      return { manifest: { bucket: 'lake', key: 'none' }, parts: 0, files: 0, bytes: 0 };
    },
  }));
});
afterAll(() => service?.close());

// in real time: the time-skipping server does not skip beside a terminated run that had an activity to try again
test('the slot of a run that was terminated is free within four minutes, and one that was in the queue is passed over', async () => {
  service.pools['api'] = 1;
  const [a, b, c] = ['a', 'b', 'c'].map((name) => runName(name, interval)) as [string, string, string];
  const start = async (name: string) => {
    service.pipelines.push({ ...plainPipeline, name, pool: 'api' });
    return service.client.workflow.start(pipelineRun, {
      workflowId: runName(name, interval),
      taskQueue: service.settings.taskQueue,
      args: [
        {
          pipeline: name,
          interval,
          grid: { every: 60 * minute, offset: 0 },
          trigger: 'manual',
          dbt: 'skip',
          params: {},
        },
      ],
    });
  };
  const waiting = async () =>
    (await service.client.workflow.getHandle(poolId('api')).query<PoolState>('pool')).waiting.length;
  const holder = await start('a');
  await eventually(() => began.includes(a));
  const next = await start('b');
  await eventually(async () => (await waiting()) === 1);
  const last = await start('c');
  await eventually(async () => (await waiting()) === 2);
  const from = Date.now();
  await Promise.all([holder.terminate(), next.terminate()]);
  freed.add(a).add(b).add(c);
  await last.result();
  expect(Date.now() - from).toBeLessThan(4 * minute + 20_000);
  expect(began).toEqual([a, c]);
});
