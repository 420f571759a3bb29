import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runName } from '../../model/names.js';
import { watch } from '../../workflows/watch.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { eventually } from '../support/eventually.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';

const hour = 3_600_000;
const runs = 40;

let service: NoOpService;
/** what lets a run end that is waited for, in the order in which they began */
const gates: (() => void)[] = [];
let begun = 0;
let begunAtLook: number | undefined;
beforeAll(async () => {
  const changes = () => ({
    loadedIntervals: async () => [],
    async lookAt() {
      begunAtLook = begun;
      return {};
    },
    async ensureRun({ run }: { run: { interval: { end: string } } }) {
      begun++;
      await new Promise<void>((resolve) => gates.push(resolve));
      return { status: 'completed' as const, run: runName('p', run.interval) };
    },
  });
  const address = inject('stack').environment['TEMPORAL_ADDRESS'] ?? '';
  service = await noOpService(address, builtWorkflows(), changes, { waiting: 2 });
  service.pipelines.push({ ...plainPipeline, name: 'p' });
});
afterAll(() => service?.close());

test('a look does not wait for the runs that a backfill has yet to wait for', async () => {
  const { client, settings } = service;
  const { taskQueue } = settings;
  const from = Date.parse('2022-01-01T00:00:00Z');
  const range = { from: new Date(from).toISOString(), to: new Date(from + runs * hour).toISOString() };
  const grid = { every: hour, offset: 0 };
  const input = { pipeline: 'p', ...range, grid, maxActive: runs, dbt: 'skip', dbtTarget: 'none', params: {} };
  const args = [{ ...input, heartbeatTimeout: hour }];
  const backfill = await client.workflow.start('backfill', { workflowId: 'backfill-p', taskQueue, args });
  // every slot is taken, and the rest waits for one
  await eventually(() => begun === 2);
  await setTimeout(1_000);
  const open = () => gates.shift()?.();
  const slowly = setInterval(open, 250);
  try {
    await client.workflow.execute(watch, { workflowId: 'look', taskQueue, args: [] });
    expect(begunAtLook).toBeLessThan(runs / 2);
  } finally {
    clearInterval(slowly);
    const quickly = setInterval(open, 10);
    await backfill.result();
    clearInterval(quickly);
  }
});
