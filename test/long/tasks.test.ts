import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneProgram, type Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { histories, objects } from '../support/places.js';
import { world, type World } from '../support/world.js';

const token = 'planted-export/11';
let clone: Clone;
let service: World;
let worker: ChildProcess;
let gates: string;

beforeAll(async () => {
  clone = cloneProgram();
  gates = join(clone.root, 'gates');
  mkdirSync(gates);
  const program = join(clone.root, 'test/support/task-export.mjs');
  writeFileSync(
    join(clone.root, 'test/project/waterclock.config.ts'),
    `import { taskPipelines } from '../support/task-pipelines.js';\nexport default { pipelines: taskPipelines('${program}', '${gates}') };\n`,
  );
  writeFileSync(join(clone.root, 'test/project/.env'), `EXPORT_TOKEN='${token}'\n`);
  service = await world({ WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '3' }, clone.root);
  await service.startWorker({ WATERCLOCK_ROLES: 'workflows,warehouse,transform' });
  worker = await service.startWorker({ WATERCLOCK_ROLES: 'ingest' });
}, 180_000);
afterAll(async () => {
  await service?.close();
  clone?.remove();
});

const run = (pipeline: string, interval: string, ...more: string[]) =>
  service.waterclock('run', pipeline, '--interval', interval, '--dbt', 'skip', ...more);
const started = () => readFileSync(join(gates, 'started'), 'utf8').trim().split('\n').map(Number);
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

interface Line {
  step: string;
  isOutput?: true;
  attempt: number;
  text: string;
}
async function output(name: string, step = 'extract'): Promise<string[]> {
  const { json } = await service.waterclock('logs', name, '--step', step);
  return (json as Line[]).filter(({ isOutput }) => isOutput).map(({ attempt, text }) => `${attempt} ${text}`);
}

test('a program that writes objects and one that prints records are loaded, and a second run gives the same', async () => {
  for (const again of [[], ['--force']]) {
    expect((await run('exported', '2022-11-24T10:00Z', '--wait', ...again)).json).toMatchObject({
      status: 'completed',
    });
    expect((await run('printed', '2022-11-24T10:00Z', '--wait', ...again)).json).toMatchObject({ status: 'completed' });
    for (const schema of ['exported', 'printed'])
      expect(await service.query(`select id from ${schema}.rows order by id`)).toEqual([
        { id: 'a' },
        { id: 'b' },
        { id: 'c' },
      ]);
  }
  const { json } = await service.waterclock('show', 'exported-2022-11-24T11:00:00Z');
  expect(JSON.stringify(json)).toContain('2 files, 33 bytes; exported 3; epoch 1669284000');
  expect(await output('exported-2022-11-24T11:00:00Z')).toEqual(['1 begins with ***, try 1']);
  expect(await output('printed-2022-11-24T11:00:00Z')).toEqual(['1 asks for 2022-11-24T10:00:00Z']);
});

test('its lines come while it runs, and a cancelled run has ended its program', async () => {
  const name = 'exported-2022-11-24T12:00:00Z';
  await run('exported', '2022-11-24T11:00Z', '--param', 'gate=never');
  await expect.poll(() => output(name)).toEqual(['1 begins with ***, try 1']);
  const [pid = 0] = started().slice(-1);
  expect(isAlive(pid)).toBe(true);
  await service.waterclock('cancel', name);
  await expect
    .poll(async () => (await service.client.workflow.getHandle(name).describe()).status.name)
    .toBe('CANCELLED');
  expect(isAlive(pid)).toBe(false);
  expect(await output(name)).toEqual(['1 begins with ***, try 1', '1 cleans up']);
});

test('the program of a worker that is killed ends, and the next worker begins another try', async () => {
  const name = 'exported-2022-11-24T13:00:00Z';
  const before = started().length;
  const { ended } = service.begin(
    'run',
    'exported',
    '--interval',
    '2022-11-24T12:00Z',
    '--dbt',
    'skip',
    '--wait',
    '--param',
    'gate=open',
  );
  await eventually(() => started().length > before);
  const [pid = 0] = started().slice(-1);
  await expect.poll(() => output(name)).toHaveLength(1);
  worker.kill('SIGKILL');
  await eventually(() => !isAlive(pid));
  writeFileSync(join(gates, 'open'), '');
  worker = await service.startWorker({ WATERCLOCK_ROLES: 'ingest' });
  expect((await ended).json).toMatchObject({ status: 'completed' });
  expect(started().length - before).toBe(2);
  expect(await output(name)).toEqual(['1 begins with ***, try 1', '2 begins with ***, try 2']);
  expect(
    await service.query("select count(*) as n from exported.rows where _interval_start = '2022-11-24T12:00:00Z'"),
  ).toEqual([{ n: 3 }]);
});

test('tasks before and after a run are steps of it: shown, logged, retried from, and ended with it', async () => {
  const name = 'framed-2022-11-24T11:00:00Z';
  const failed = await run('framed', '2022-11-24T10:00Z', '--wait', '--param', 'code=3');
  expect(failed.json).toMatchObject({ status: 'failed', error: expect.stringContaining('exit code 3: begins') });
  expect(await service.query('select id from framed.rows')).toEqual([{ id: 'a' }]);
  expect([await output(name, 'before'), await output(name, 'after')]).toEqual([['1 checks before'], ['1 begins']]);

  const retried = await service.waterclock('retry', name, '--dbt', 'skip', '--wait', '--dry-run');
  expect(retried.json).toMatchObject({ input: { from: 'after' } });
  const from = ['--from-step', 'extract', '--param', 'code=0'];
  expect((await service.waterclock('retry', name, '--dbt', 'skip', '--wait', ...from)).json).toMatchObject({
    status: 'completed',
  });
  const { json } = await service.waterclock('show', name);
  expect((json as { steps: object[] }).steps).toMatchObject([
    { step: 'extract' },
    { step: 'validate' },
    { step: 'parquet' },
    { step: 'copy' },
    { step: 'after', entity: 'export', state: 'done', told: 'sent 1' },
  ]);

  const cancelled = 'framed-2022-11-24T12:00:00Z';
  await run('framed', '2022-11-24T11:00Z', '--param', 'gate=never');
  await expect.poll(() => output(cancelled, 'after')).toEqual(['1 begins']);
  await service.waterclock('cancel', cancelled);
  await expect
    .poll(async () => (await service.client.workflow.getHandle(cancelled).describe()).status.name)
    .toBe('CANCELLED');
  // some shells say too which of their programs was ended
  const said = (await output(cancelled, 'after')).filter((line) => !line.endsWith('Terminated'));
  expect(said).toEqual(['1 begins', '1 cleans up']);
  const grid = await service.waterclock('grid', 'framed', '--from', '2022-11-24T10:00Z', '--to', '2022-11-24T12:00Z');
  expect(grid.json).toMatchObject([
    { status: 'completed', steps: { copy: 'done', after: 'done' } },
    { status: 'cancelled', steps: { before: 'done', after: 'running' } },
  ]);
});

test('the secret of a task is in no history and no object', async () => {
  const places = { ...(await histories(service)), ...(await objects(service)) };
  expect(Object.keys(places).length).toBeGreaterThan(20);
  for (const [place, text] of Object.entries(places)) expect(text, place).not.toContain(token);
});
