import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { TerminalError } from '../../model/errors.js';
import { runName } from '../../model/names.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { eventually } from '../support/eventually.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';

const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const alerts: string[] = [];
let isRefused = false;

let service: NoOpService;
beforeAll(async () => {
  service = await noOpService(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '', builtWorkflows(), (real) => ({
    extract: async () => {
      if (isRefused) throw new TerminalError('SourceRefused', '403');
      return { manifest: { bucket: 'lake', key: 'none' }, parts: 0, files: 0, bytes: 0 };
    },
    sendAlert: async ({ alert }) => void alerts.push(alert.kind),
    close: real.close,
  }));
  service.ledger.warehouse.execute = async () => ({});
  service.pipelines.push({ ...plainPipeline, name: 'p' });
});
afterAll(() => service?.close());

async function run(isWrong: boolean): Promise<void> {
  isRefused = isWrong;
  const handle = await service.client.workflow.start(pipelineRun, {
    workflowId: runName('p', interval),
    taskQueue: service.settings.taskQueue,
    args: [
      { pipeline: 'p', interval, grid: { every: 3_600_000, offset: 0 }, trigger: 'manual', dbt: 'skip', params: {} },
    ],
  });
  await handle.result().catch(() => undefined);
  // visibility follows a closed run by moments
  const { runId } = await handle.describe();
  await eventually(async () => {
    for await (const one of service.client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` })) {
      if (one.runId === runId && one.status.name !== 'RUNNING') return true;
    }
    return false;
  });
}

test('a run recovers from the execution before it, each time, and from none that loaded', async () => {
  for (const isWrong of [false, true, false, false, true, true, false]) await run(isWrong);
  await eventually(async () => alerts.length === 5);
  expect(alerts).toEqual(['failed', 'recovered', 'failed', 'failed', 'recovered']);
});
