import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collection } from '../support/readings.js';
import { world, type World } from '../support/world.js';

let deployment: World;
let upstream: Server;
/** what the upstream answers with */
let status = 200;

const waterclock = (...words: string[]) => deployment.waterclock(...words);
const start = (hour: number) => `2018-03-01T0${hour}:00:00Z`;
const name = (hour: number) => `readings-${start(hour + 1)}`;
const run = (hour: number, ...more: string[]) =>
  waterclock('run', 'readings', '--interval', start(hour), '--dbt', 'skip', '--wait', ...more);
/** runs that start within one second are put in order by it */
const toMillis = expect.stringMatching(/T\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const range = ['--from', start(1), '--to', start(5)];

beforeAll(async () => {
  upstream = createServer((_, response) => {
    response.statusCode = status;
    response.end(collection());
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/query`;
  deployment = await world({ WATERCLOCK_SOURCE_READINGS: url });
  await deployment.startWorker();
  await run(1, '--param', 'minlevel=2');
  status = 403;
  await run(2);
  // one that is ended from outside tells nothing to the ledger
  await deployment.stopWorkers();
  await waterclock('run', 'readings', '--interval', start(3), '--dbt', 'skip');
  await deployment.client.workflow.getHandle(name(3)).terminate('by hand');
  await deployment.startWorker();
}, 240_000);
afterAll(async () => {
  await deployment?.close();
  upstream?.close();
});

test('runs: by pipeline, status and interval, from ledger and Temporal', { timeout: 120_000 }, async () => {
  expect((await waterclock('runs', '--pipeline', 'readings')).json).toMatchObject([
    { run: name(3), status: 'terminated' },
    { run: name(2), status: 'failed', step: 'extract', trigger: 'manual', startedAt: toMillis, finishedAt: toMillis },
    { run: name(1), status: 'completed', loaded: 0, params: { minlevel: 2 }, interval: start(1) },
  ]);
  expect((await waterclock('runs', '--status', 'failed')).json).toMatchObject([{ run: name(2) }]);
  expect((await waterclock('runs', '--interval', start(1))).json).toMatchObject([{ run: name(1) }]);
  expect((await waterclock('runs', '--interval', '2018-03-02')).json).toEqual([]);
  expect((await waterclock('runs', '--interval', 'monday')).stderr).toContain('--interval: a time is written like');
});

test('show: steps with times, params, the error and its ledger', { timeout: 120_000 }, async () => {
  expect((await waterclock('show', name(1))).json).toMatchObject({
    status: 'completed',
    pipeline: 'readings',
    interval: { start: start(1), end: start(2) },
    params: { minlevel: 2 },
    steps: [
      { step: 'extract', state: 'done', told: '1 file, 42 bytes' },
      { step: 'validate', state: 'done' },
      { step: 'parquet', entity: 'readings', state: 'done', finishedAt: expect.any(String) as string },
      { step: 'copy', entity: 'readings', state: 'done' },
    ],
    ledger: { run_executions: [{ status: 'completed' }] },
  });
  expect((await waterclock('show', name(2))).json).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('SourceRefused') as string,
    steps: [{ step: 'extract', state: 'failed' }],
  });
  expect(await waterclock('show', name(8))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`no run is named '${name(8)}'`) as string,
  });
});

test('logs: attempts, the failure with its stack, one step alone', { timeout: 120_000 }, async () => {
  const whole = (await waterclock('logs', name(2))).json as { step: string; text: string }[];
  expect(whole[0]).toMatchObject({ step: 'run', text: 'started (manual)' });
  expect(whole.at(-1)).toMatchObject({ step: 'run', isFailure: true });
  const extract = await waterclock('logs', name(2), '--step', 'extract');
  expect(extract.json).toMatchObject([
    { step: 'extract', attempt: 1, text: expect.stringContaining('attempt 1 started by worker') as string },
    {
      isFailure: true,
      text: expect.stringMatching(/failed in .* s, for good: SourceRefused: GET .* 403/) as string,
      detail: expect.stringContaining('at ') as string,
    },
  ]);
  const started = (await waterclock('logs', name(1))).json as { text: string }[];
  expect(started[0]?.text).toBe('started (manual), params {"minlevel":2}');
  expect((await waterclock('logs', name(8))).code).toBe(2);
});

test('grid: each interval of a range by step', { timeout: 120_000 }, async () => {
  const { json } = await waterclock('grid', 'readings', ...range);
  const none = { validate: 'none', parquet: 'none', copy: 'none', dbt: 'none' };
  expect(json).toMatchObject([
    { run: name(1), status: 'completed', failed: null, steps: { extract: 'done', copy: 'done', dbt: 'none' } },
    { run: name(2), status: 'failed', failed: 'extract', steps: { extract: 'failed', ...none } },
    { run: name(3), status: 'terminated', failed: 'before its first step', steps: { extract: 'none', ...none } },
    { run: name(4), status: 'no run', steps: { extract: 'none', ...none } },
  ]);
  expect((await waterclock('grid', 'readings', ...range, '--last', '1')).json).toMatchObject([{ run: name(4) }]);
  expect((await waterclock('grid', 'readings', '--to', start(3), '--last', '2')).json).toMatchObject([
    { run: name(1) },
    { run: name(2) },
  ]);
  expect((await waterclock('grid', 'reading')).stderr).toContain('did you mean readings?');
});

test('what Temporal has forgotten is shown from the ledger', { timeout: 120_000 }, async () => {
  const { workflowService } = deployment.client.connection;
  const namespace = deployment.environment['TEMPORAL_NAMESPACE'] ?? '';
  const workflowExecution = { workflowId: name(1) };
  await workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
  const isThere = () =>
    deployment.client.workflow
      .getHandle(name(1))
      .describe()
      .then(() => true)
      .catch(() => false);
  while (await isThere()) await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await waterclock('show', name(1))).json).toMatchObject({
    run: name(1),
    status: 'completed',
    params: { minlevel: 2 },
    steps: [{ step: 'extract' }, { step: 'validate' }, { step: 'parquet' }, { step: 'copy' }],
    ledger: { handler_executions: [{ entity: 'readings' }] },
  });
  expect((await waterclock('grid', 'readings', ...range)).json).toMatchObject([{ status: 'completed' }, {}, {}, {}]);
});
