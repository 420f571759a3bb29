import { Worker } from '@temporalio/worker';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { Alert } from '../../model/alert.js';
import { TerminalError } from '../../model/errors.js';
import { runName } from '../../model/names.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { eventually } from '../support/eventually.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';

const hour = 3_600_000;
const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const manifest = { bucket: 'lake', key: 'none' };

let service: NoOpService;
/** what steps did, each with the run id that its keys derive from */
let did: string[] = [];
let alerts: Alert[] = [];
let isRefused = false;
/** holds the second part until it is resolved */
let held: Promise<void> | undefined;

beforeAll(async () => {
  service = await noOpService(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '', builtWorkflows(), () => ({
    sendAlert: async ({ alert }) => void alerts.push(alert),
    extract: async ({ run }) => {
      if (isRefused) throw new TerminalError('SourceRefused', '403');
      did.push(`extract ${run.runId}`);
      return { manifest, parts: 2, files: 0, bytes: 0 };
    },
    validatePart: async ({ run, part }) => {
      did.push(`part ${part} ${run.runId}`);
      if (part === 1) await held;
    },
  }));
});
afterAll(() => service?.close());
beforeEach(() => {
  did = [];
  alerts = [];
  isRefused = false;
  held = undefined;
  service.ledger.rows.length = 0;
});

function start(name: string) {
  service.pipelines.push({ ...plainPipeline, name });
  const { taskQueue } = service.settings;
  const input = { pipeline: name, interval, grid: { every: hour, offset: 0 }, trigger: 'manual' as const };
  return service.client.workflow.start(pipelineRun, {
    workflowId: runName(name, interval),
    taskQueue,
    args: [{ ...input, dbt: 'skip', params: {} }],
  });
}

/** to one of the execution's workflow tasks, as the Web UI and `temporal workflow reset` do */
async function reset(workflowId: string, runId: string, nth: number): Promise<string> {
  const { connection, options } = service.client;
  const { events } = await service.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const asked = await connection.workflowService.resetWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    requestId: `${Math.random()}`,
    workflowTaskFinishEventId: tasks.at(nth)?.eventId ?? null,
  });
  return asked.runId;
}

const end = (workflowId: string, runId: string) => service.client.workflow.getHandle(workflowId, runId).result();

/** a worker that has never seen the execution comes to the same commands */
async function replays(workflowId: string, runId: string): Promise<void> {
  const history = await service.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const { codePath } = builtWorkflows();
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, workflowId);
}

test('a reset to any step is a run of its own: each step again, under its own run id', async () => {
  const { workflowId, firstExecutionRunId: first, ...handle } = await start('a');
  await handle.result();
  const { events } = await service.client.workflow.getHandle(workflowId, first).fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length;
  const runIds = [first];
  for (let nth = 0; nth < tasks; nth++) {
    did = [];
    const runId = await reset(workflowId, first, nth);
    await end(workflowId, runId);
    runIds.push(runId);
    const own = [`extract ${runId}`, `part 0 ${runId}`, `part 1 ${runId}`];
    expect(did.filter((step) => step.endsWith(runId)).toSorted()).toEqual(own);
    // one that was under way at the point of the reset is dispatched again by the server, under the keys of the first run
    expect(did.filter((step) => !step.endsWith(runId) && !step.endsWith(first))).toEqual([]);
    await replays(workflowId, runId);
  }
  expect(service.ledger.rows.map(({ run, status }) => [run.runId, status])).toEqual(
    runIds.map((runId) => [runId, 'completed']),
  );
});

test('a reset of a reset is another run', async () => {
  const { workflowId, firstExecutionRunId: first, ...handle } = await start('b');
  await handle.result();
  let runId = first;
  for (const nth of [-1, 5, -1, 0]) {
    runId = await reset(workflowId, runId, nth);
    did = [];
    await end(workflowId, runId);
    expect(did.filter((step) => step.startsWith('extract'))).toEqual([`extract ${runId}`]);
    await replays(workflowId, runId);
  }
  expect(new Set(service.ledger.rows.map(({ run }) => run.runId)).size).toBe(5);
});

test('a run that is reset while a step is under way takes nothing from it', async () => {
  let release = () => {};
  held = new Promise((resolve) => (release = resolve));
  const { workflowId, firstExecutionRunId: first } = await start('c');
  await eventually(async () => did.some((step) => step.startsWith('part 1')));
  const runId = await reset(workflowId, first, -1);
  release();
  held = undefined;
  await end(workflowId, runId);
  expect(did).toEqual(expect.arrayContaining([`extract ${runId}`, `part 0 ${runId}`, `part 1 ${runId}`]));
  expect(service.ledger.rows.map(({ run, status }) => [run.runId, status])).toEqual([[runId, 'completed']]);
  await replays(workflowId, runId);
});

test('every execution that fails alerts, whether it is started or reset', async () => {
  isRefused = true;
  const runIds: string[] = [];
  for (let count = 0; count < 2; count++) {
    const handle = await start('d');
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    runIds.push(handle.firstExecutionRunId);
  }
  for (const nth of [0, -1, -1]) {
    const runId = await reset(runName('d', interval), runIds.at(-1) ?? '', nth);
    await expect(end(runName('d', interval), runId)).rejects.toBeInstanceOf(WorkflowFailedError);
    runIds.push(runId);
  }
  await eventually(async () => alerts.length >= runIds.length);
  expect(alerts.map(({ kind, runId }) => [kind, runId])).toEqual(runIds.map((runId) => ['failed', runId]));
});
