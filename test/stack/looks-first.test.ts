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
/** slots, by whatever took one */
let taken = 0;
beforeAll(async () => {
  const changes = () => ({
    loadedIntervals: async () => [],
    async watchedPipelines() {
      taken++;
      return { pipelines: ['p'] };
    },
    async lookAt() {
      taken++;
      return {};
    },
    async ensureRun({ run }: { run: { interval: { end: string } } }) {
      taken++;
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
  await eventually(() => taken === 2);
  await setTimeout(1_000);
  const look = await client.workflow.start(watch, { workflowId: 'look', taskQueue, args: [] });
  let freed = 0;
  while ((await look.describe()).status.name === 'RUNNING') {
    await setTimeout(20);
    const { raw } = await look.describe();
    if ((raw.pendingActivities ?? []).length === 0) continue;
    const before = taken;
    gates.shift()?.();
    freed++;
    // by a run, or by the look
    await eventually(() => taken > before);
  }
  const quickly = setInterval(() => gates.shift()?.(), 10);
  await backfill.result();
  clearInterval(quickly);
  expect(freed).toBeLessThan(runs / 2);
});
