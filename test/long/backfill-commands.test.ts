import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { setTimeout } from 'node:timers/promises';
import type { Activities } from '../../activities/types.js';
import { s3Store } from '../../lake/object-store.js';
import type { BackfillInput } from '../../model/backfill.js';
import { intervalsBetween } from '../../model/interval.js';
import type { ObjectRef } from '../../model/plan.js';
import { backfillId, retryId, runName } from '../../model/names.js';
import { readingsPipeline } from '../project/pipelines/readings/definition.js';
import { makeBuckets } from '../../control/buckets.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { commands, type Commands } from '../support/commands.js';
import { eventually } from '../support/eventually.js';
import { memoryStore } from '../../testing/memory-store.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';

let service: NoOpService;
let hosted: Commands;
/** what runs of intervals do until they are let go; well below the heartbeat's timeout */
let letGo = () => {};
let held = Promise.resolve();
let ends: 'completed' | 'failed' = 'completed';
const hold = () => (held = new Promise<void>((resolve) => (letGo = resolve)));

async function startService(earlier?: string): Promise<NoOpService> {
  const address = inject('stack').environment['TEMPORAL_ADDRESS'] ?? '';
  const changes = (real: Activities): Partial<Activities> => ({
    sendAlert: async () => undefined,
    extract: async (given) => {
      await held;
      if (ends === 'failed') throw new Error('it is away');
      return { manifest: { bucket: 'lake', key: given.run.runId }, parts: 0, files: 0, bytes: 0 };
    },
    ensureRun: (given) => (given.run.pipeline === 'x' ? quick(given) : real.ensureRun(given)),
  });
  // commands write lists into the lake of the stack
  const memory = memoryStore();
  const lake = s3Store({ forcePathStyle: true });
  const store = { ...memory, get: (ref: ObjectRef) => (ref.bucket === 'lake' ? memory : lake).get(ref) };
  const started = await noOpService(address, builtWorkflows(), changes, { earlier, store });
  started.pipelines.push({ ...plainPipeline, policy: { ...plainPipeline.policy, retries: { extract: once } } });
  return started;
}

const quick: Activities['ensureRun'] = async ({ run }) => {
  await setTimeout(300);
  return { status: 'completed', run: runName('x', run.interval) };
};

beforeAll(async () => {
  const { environment, program } = inject('stack');
  for (const name of Object.keys(environment).filter((name) => name.startsWith('AWS_')))
    vi.stubEnv(name, environment[name]);
  await makeBuckets([environment['WATERCLOCK_LAKE_BUCKET'] ?? ''], true, false);
  service = await startService();
  hosted = commands(program, {
    ...environment,
    TEMPORAL_NAMESPACE: service.settings.taskQueue,
    WATERCLOCK_TASK_QUEUE: service.settings.taskQueue,
  });
});
afterAll(async () => {
  await hosted?.close();
  await service?.close();
  vi.unstubAllEnvs();
});

const once = { attempts: 1, initial: 1_000, backoff: 2, maximum: 1_000, timeout: 60_000 };
async function waterclock(...words: string[]) {
  const said = { code: 0, stdout: '', stderr: '' };
  const began = Date.now();
  await hosted.run([...words, '--json'], said);
  const ms = Date.now() - began;
  return { ...said, ms, json: said.stdout ? (JSON.parse(said.stdout) as Record<string, unknown>) : undefined };
}

const range = (day: number) => {
  const at = (hour: number) => `2022-11-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
  return { from: at(0), to: at(6) };
};
const words = ({ from, to }: { from: string; to: string }) => ['readings', '--from', from, '--to', to];
const runs = ({ from, to }: { from: string; to: string }) =>
  intervalsBetween(readingsPipeline.grid, Date.parse(from), Date.parse(to)).map((interval) =>
    runName('readings', interval),
  );
const statusOf = async (run: string) => (await service.client.workflow.getHandle(run).describe()).status.name;

test('a range of retries is listed, paused, resumed, set and cancelled like a backfill; cancel ends what it started', async () => {
  const given = range(1);
  const first = await waterclock('backfill', 'create', ...words(given), '--dbt', 'skip', '--wait');
  expect(first).toMatchObject({ code: 0, json: { status: 'completed', succeeded: 6 } });
  void hold();
  const id = retryId('readings', given.from, given.to);
  const started = await waterclock(
    'retry',
    ...words(given),
    '--from-step',
    'extract',
    '--dbt',
    'skip',
    '--max-active',
    '2',
  );
  expect(started).toMatchObject({ code: 0, json: { retry: id, runs: 6, status: 'started' } });
  await eventually(async () => (await statusOf(runs(given)[1] ?? '')) === 'RUNNING');
  const listed = async () => {
    const { json } = await waterclock('backfill', 'list');
    return (json as unknown as { backfill: string }[]).find(({ backfill }) => backfill === id);
  };
  await eventually(async () => (await listed()) !== undefined);
  expect(await listed()).toMatchObject({ status: 'running', total: 6, done: 0, failed: 0, active: 2, maxActive: 2 });
  expect((await waterclock('backfill', 'pause', 'readings')).json).toMatchObject({ backfill: id, status: 'paused' });
  expect(await listed()).toMatchObject({ status: 'paused' });
  expect((await waterclock('backfill', 'set', id, '--max-active', '3')).json).toMatchObject({ maxActive: 3 });
  expect((await waterclock('backfill', 'resume', id)).json).toMatchObject({ status: 'running' });
  await eventually(async () => (await statusOf(runs(given)[2] ?? '')) === 'RUNNING');
  expect((await waterclock('backfill', 'status', id)).json).toMatchObject({ status: 'running', maxActive: 3 });
  const cancelled = await waterclock('cancel', id);
  expect(cancelled).toMatchObject({ code: 0, json: { backfill: id, status: 'cancelling' } });
  letGo();
  await service.client.workflow.getHandle(id).result();
  expect(await Promise.all(runs(given).slice(0, 3).map(statusOf))).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
  expect(await waterclock('backfill', 'status', id)).toMatchObject({ code: 0, json: { status: 'cancelled' } });
  expect(await waterclock('backfill', 'pause', id)).toMatchObject({ code: 2 });
});

test('what another started is left alone by cancel', async () => {
  const given = range(2);
  void hold();
  const [foreign = '', own = ''] = runs(given);
  await waterclock('run', 'readings', '--interval', given.from, '--dbt', 'skip', '--force');
  await waterclock('backfill', 'create', ...words(given), '--dbt', 'skip', '--max-active', '2');
  await eventually(
    async () =>
      (await service.client.workflow
        .getHandle(own)
        .describe()
        .catch(() => undefined)) !== undefined,
  );
  const id = backfillId('readings', given.from, given.to);
  await waterclock('backfill', 'cancel', id, '--now');
  await eventually(async () => (await statusOf(own)) !== 'RUNNING');
  expect(await statusOf(foreign)).toBe('RUNNING');
  letGo();
  await service.client.workflow.getHandle(id).result();
  expect(await statusOf(foreign)).toBe('COMPLETED');
});

test('a refused Update says why; what is not a backfill is named so', async () => {
  const given = range(3);
  void hold();
  await waterclock('run', 'readings', '--interval', given.from, '--dbt', 'skip', '--force');
  const [run = ''] = runs(given);
  const resolved = await waterclock('resolve', run, 'retry');
  expect(resolved.code).toBe(2);
  expect(resolved.stderr).not.toContain('Workflow Update failed');
  expect(resolved.stderr).toContain(run);
  expect((await waterclock('backfill', 'status', run)).stderr).toContain('is not a backfill');
  expect((await waterclock('backfill', 'status', 'backfill-x')).stderr).toContain('no backfill is named');
  letGo();
});

test('the list has the end states and counts of closed ones too', async () => {
  ends = 'failed';
  const [failing, terminated] = [range(4), range(5)];
  await waterclock('backfill', 'create', ...words(failing), '--dbt', 'skip', '--keep-going', '--wait');
  // three fail of one cause
  await waterclock('backfill', 'create', ...words(terminated), '--dbt', 'skip', '--max-active', '1');
  const id = backfillId('readings', terminated.from, terminated.to);
  await eventually(async () => (await waterclock('backfill', 'status', id)).json?.['hold'] !== undefined);
  const paused = await waterclock('backfill', 'status', id);
  expect(paused.json).toMatchObject({
    status: 'paused by itself',
    hold: { cause: 'Error', message: expect.stringContaining('it is away') as string },
    toTryAgain: 3,
    failedCount: 0,
  });
  const listed = async (backfill: string) => {
    const { json } = await waterclock('backfill', 'list');
    return (json as unknown as { backfill: string; status: string }[]).find((row) => row.backfill === backfill);
  };
  expect(await listed(id)).toMatchObject({ status: 'paused by itself', total: 6, done: 0 });
  ends = 'completed';
  expect(await waterclock('backfill', 'resume', id)).toMatchObject({ code: 0, json: { status: 'running' } });
  void hold();
  await service.client.workflow.getHandle(id).terminate('the test has seen it');
  letGo();
  await eventually(async () => (await listed(id))?.status === 'terminated');
  expect(await listed(id)).toMatchObject({ total: 6, maxActive: 1, active: 0 });
  expect(await listed(backfillId('readings', failing.from, failing.to))).toMatchObject({
    status: 'completed with failures',
    total: 6,
    done: 6,
    failed: 6,
  });
});

test('no Update is lost or refused while executions continue as new', { timeout: 120_000 }, async () => {
  const hour = 3_600_000;
  const { client, settings } = service;
  const input: BackfillInput = {
    pipeline: 'x',
    from: '2022-01-01T00:00:00Z',
    to: new Date(Date.parse('2022-01-01T00:00:00Z') + 900 * hour).toISOString().replace('.000', ''),
    grid: readingsPipeline.grid,
    maxActive: 40,
    dbt: 'skip',
    dbtTarget: 't',
    heartbeatTimeout: 10_000,
    params: {},
  };
  const id = backfillId('x', input.from, input.to);
  const handle = await client.workflow.start('backfill', {
    workflowId: id,
    taskQueue: settings.taskQueue,
    args: [input],
  });
  const executions = new Set<string>();
  const over = new AbortController();
  const done = handle.result().finally(() => over.abort());
  const answers: { code: number; stderr: string }[] = [];
  while (!over.signal.aborted) {
    executions.add((await client.workflow.getHandle(id).describe()).runId);
    answers.push(await waterclock('backfill', 'set', id, '--max-active', String(40 + (answers.length % 3))));
  }
  expect(await done).toMatchObject({ status: 'completed', total: 900, succeeded: 900, failedCount: 0 });
  // the last may come when it has ended
  expect(answers.slice(0, -1).filter(({ code }) => code !== 0)).toEqual([]);
  expect(answers.length).toBeGreaterThan(10);
  expect(executions.size).toBeGreaterThan(2);
});

test('without a worker: said within 5 seconds, and nothing is done later', { timeout: 90_000 }, async () => {
  const given = range(10);
  void hold();
  await waterclock('backfill', 'create', ...words(given), '--dbt', 'skip', '--max-active', '1');
  const id = backfillId('readings', given.from, given.to);
  await eventually(async () => (await waterclock('backfill', 'status', id)).json?.['active'] !== undefined);
  const [run = ''] = runs(given);
  await eventually(
    async () =>
      (await service.client.workflow
        .getHandle(run)
        .describe()
        .catch(() => undefined)) !== undefined,
  );
  // a worker ends when its activities have
  const closed = service.close();
  letGo();
  await closed;
  void hold();
  const asked = [
    ['backfill', 'pause', id],
    ['backfill', 'set', id, '--max-active', '7'],
    ['backfill', 'cancel', id],
    ['backfill', 'status', id],
    ['resolve', run, 'skip'],
  ];
  for (const words of asked) {
    const { code, stderr, ms } = await waterclock(...words);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/is a worker up\?/) as string });
    expect(ms).toBeLessThan(12_000);
  }
  const listed = await waterclock('backfill', 'list');
  expect(listed.code).toBe(0);
  expect(listed.stderr).toContain('no worker answers');
  expect(listed.ms).toBeLessThan(12_000);
  service = await startService(service.settings.taskQueue);
  await setTimeout(2_000);
  expect((await waterclock('backfill', 'status', id)).json).toMatchObject({ status: 'running', maxActive: 1 });
  letGo();
});

test('a task queue that nobody polls: what is waited for is not started, the rest says so', async () => {
  const { environment, program } = inject('stack');
  const elsewhere = commands(program, {
    ...environment,
    TEMPORAL_NAMESPACE: service.settings.taskQueue,
    WATERCLOCK_TASK_QUEUE: 'nobody-works-here',
  });
  try {
    const given = range(20);
    const run = async (...words: string[]) => elsewhere.run([...words, '--json'], { code: 0, stdout: '', stderr: '' });
    const create = ['backfill', 'create', ...words(given), '--dbt', 'skip'];
    const began = Date.now();
    expect(await run(...create, '--wait')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/was not started, no worker polls the task queue nobody-works-here/) as string,
    });
    const forced = ['run', 'readings', '--interval', given.from, '--force', '--dbt', 'skip'];
    expect(await run(...forced, '--wait')).toMatchObject({ code: 3 });
    expect(Date.now() - began).toBeLessThan(24_000);
    const id = backfillId('readings', given.from, given.to);
    await expect(statusOf(id)).rejects.toThrow();
    await expect(statusOf(runs(given)[0] ?? '')).rejects.toThrow();
    expect(await run(...create)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('begins when one does') as string,
    });
    await service.client.workflow.getHandle(id).terminate();
  } finally {
    await elsewhere.close();
  }
});
