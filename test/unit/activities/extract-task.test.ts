import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test, vi } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { extract } from '../../../activities/extract.js';
import { taskLines } from '../../../lake/task-log.js';
import { keys } from '../../../model/keys.js';
import type { ExtractManifest, ObjectRef, Plan } from '../../../model/plan.js';
import { withParams } from '../../../model/source-params.js';
import { secret } from '../../../sources/declare.js';
import { task } from '../../../tasks/declare.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { tinyRun as run } from '../../support/tiny-run.js';

const info = { heartbeatTimeoutMs: 10_000, startToCloseTimeoutMs: 60_000 };
const quiet = new DefaultLogger('ERROR', () => undefined);
const program = resolve('test/support/task-program.mjs');
const does = (...what: string[]) => [process.execPath, program, ...what];

type Options = Parameters<typeof task>[0];

/** one run, over its attempts */
function lake() {
  const store = memoryStore();
  return {
    store,
    async extract(options: Options, params: Plan['params'] = {}) {
      const source = withParams(task(options), params);
      const plan = { source, params, rawBucket: 'raw', lakeBucket: 'lake' } as unknown as Plan;
      const dependencies = {
        store,
        pipelines: [],
        environment: { PATH: process.env['PATH'], SHOP_TOKEN: 'planted-token', AWS_ACCESS_KEY_ID: 'given' },
        settings: { sources: { tiny: 'http://127.0.0.1:1/sample' }, tasks: {} },
      } as unknown as Dependencies;
      const environment = new MockActivityEnvironment(info, { logger: quiet });
      return environment.run(() => extract(dependencies)({ run, plan }));
    },
    async manifest() {
      const body = await store.get({ bucket: 'lake', key: 'runs/tiny/r/extract.json' });
      return JSON.parse(Buffer.from(body).toString()) as ExtractManifest;
    },
    async lines() {
      const all = [];
      for await (const { lines } of taskLines(store, 'lake', run)) all.push(...lines);
      return all;
    },
  };
}

test('what a program prints is the raw layer, and what it says beside is its log', async () => {
  const { extract, manifest, store, lines } = lake();
  const done = await extract({
    command: does('err=asks the shop', 'lines=1000', 'result={"counts":{"orders":1000},"notes":"all of it"}'),
    output: 'stdout',
  });
  expect(done).toMatchObject({ files: 1, parts: 1, told: 'orders 1000; all of it' });
  const [part] = (await manifest()).parts;
  const body = Buffer.from(await store.get({ bucket: 'raw', key: part?.key ?? '' })).toString();
  expect(body.split('\n').filter(Boolean)).toHaveLength(1000);
  expect(await lines()).toEqual([expect.objectContaining({ step: 'extract', tries: 1, text: 'asks the shop' })]);
});

test('nothing is lost of what a program prints that ends at once', async () => {
  for (let at = 0; at < 20; at++) {
    const done = await lake().extract({ command: ['/bin/sh', '-c', 'echo 123'], output: 'stdout' });
    expect(done).toMatchObject({ files: 1, bytes: 4 });
  }
});

test('a program that fails leaves nothing of what it printed, and the next try is another one', async () => {
  const { extract, store, lines } = lake();
  await expect(extract({ command: does('lines=10', 'err=gives up', 'exit=75'), output: 'stdout' })).rejects.toThrow(
    'exit code 75): gives up',
  );
  expect(store.keys().filter((key) => key.startsWith('raw/'))).toEqual([]);
  expect(await extract({ command: does('lines=3'), output: 'stdout' })).toMatchObject({ parts: 1 });
  expect((await lines()).map(({ tries, text }) => [tries, text])).toEqual([[1, 'gives up']]);
});

test('objects that it wrote are parts where they are, small ones together, its own notes left out', async () => {
  const { extract, manifest, store } = lake();
  const prefix = keys.rawTask(run, 2);
  const put = (name: string, body: string | Uint8Array) => store.put({ bucket: 'raw', key: `${prefix}${name}` }, body);
  await expect(extract({ command: does('exit=75') })).rejects.toThrow('tried again');
  await store.put({ bucket: 'raw', key: `${keys.rawTask(run, 1)}half.json` }, '{"id":"of a try that failed"}');
  await put('a.json', '{"id":"1"}\n');
  await put('b/c.json.gz', gzipSync('{"id":"2"}\n'));
  await put('_SUCCESS', 'yes');
  await put('empty.json', '');
  expect(await extract({ command: does('out=written') })).toMatchObject({ files: 2, parts: 1 });
  const [part] = (await manifest()).parts;
  expect(part?.pages).toMatchObject([
    { key: `${prefix}a.json`, gzip: false },
    { key: `${prefix}b/c.json.gz`, gzip: true },
  ]);
  expect(part?.sources.map(({ name }) => name)).toEqual(['a.json', 'b/c.json.gz']);
});

test('a program is given the interval, its params, its secrets by name and the prefix, and nothing else of the worker', async () => {
  const { extract, lines } = lake();
  const command = [
    process.execPath,
    '-e',
    `const { PATH, ...rest } = process.env; for (const name in rest) console.log(name + '=' + rest[name]); console.log(process.argv.slice(1).join(' '))`,
    '{start:date}',
    '{params.region}',
    '{params.absent}',
  ];
  const environment = { SHOP: secret('SHOP_TOKEN'), FROM: '{start}', WHERE: '{params.region}' };
  await extract({ command, environment }, { region: 'eu' });
  const said = (await lines()).map(({ text }) => text);
  expect(said).toEqual(
    expect.arrayContaining([
      '2022-11-24 eu',
      'SHOP=***',
      'FROM=2022-11-24T10:00:00Z',
      'WHERE=eu',
      'AWS_ACCESS_KEY_ID=given',
      'WATERCLOCK_CONTRACT=1',
      'WATERCLOCK_PIPELINE=tiny',
      'WATERCLOCK_RUN=tiny-2022-11-24T11:00:00Z',
      'WATERCLOCK_RUN_ID=r',
      'WATERCLOCK_STEP=extract',
      'WATERCLOCK_TRY=1',
      'WATERCLOCK_TRIGGER=manual',
      'WATERCLOCK_INTERVAL_START=2022-11-24T10:00:00Z',
      'WATERCLOCK_INTERVAL_END=2022-11-24T11:00:00Z',
      'WATERCLOCK_PARAMS={"region":"eu"}',
      'WATERCLOCK_PARAM_REGION=eu',
      'WATERCLOCK_RAW_PREFIX=s3://raw/raw/tiny/dt=2022-11-24/hr=10/r/task-00001/',
      'WATERCLOCK_SOURCE=http://127.0.0.1:1/sample',
    ]),
  );
  expect(said.join('\n')).not.toMatch(/SHOP_TOKEN|planted/);
});

test.each([
  ['is not JSON', 'result=done'],
  ['is not a JSON object', 'result=[1]'],
  ['more than 65536 bytes', `result={"notes":"${'x'.repeat(70_000)}"}`],
])('a result that %s fails the step', async (message, result) => {
  await expect(lake().extract({ command: does(result) })).rejects.toMatchObject({
    name: 'TaskFailed',
    message: expect.stringContaining(message),
  });
});

test('a step that is cancelled has ended its program', async () => {
  const { store, lines } = lake();
  const source = task({ command: does('polite', 'out=begins', 'sleep=60000'), grace: '1 second' });
  const plan = { source, rawBucket: 'raw', lakeBucket: 'lake' } as unknown as Plan;
  const environment = new MockActivityEnvironment(info, { logger: quiet });
  const dependencies = { store, environment: { PATH: process.env['PATH'] }, settings: { sources: {}, tasks: {} } };
  const running = environment.run(() => extract(dependencies as unknown as Dependencies)({ run, plan }));
  const ended = running.catch((error: Error) => error.message);
  await vi.waitFor(async () => expect((await lines()).map(({ text }) => text)).toEqual(['begins']), 10_000);
  environment.cancel();
  expect(await ended).toBe('CANCELLED');
  expect((await lines()).map(({ text }) => text)).toEqual(['begins', 'cleans up']);
});

test('a program ends with its step when its lines cannot be kept', async () => {
  const store = memoryStore();
  const file = join(mkdtempSync(join(tmpdir(), 'waterclock-pids-')), 'pids');
  const broken = {
    ...store,
    put: (ref: ObjectRef, body: Uint8Array | string) =>
      ref.key.includes('/logs/') ? Promise.reject(new Error('the lake is away')) : store.put(ref, body),
  };
  const source = task({ command: does(`pids=${file}`, 'out=begins', 'sleep=60000'), grace: '1 second' });
  const plan = { source, rawBucket: 'raw', lakeBucket: 'lake' } as unknown as Plan;
  const environment = new MockActivityEnvironment(info, { logger: quiet });
  const given = { store: broken, environment: { PATH: process.env['PATH'] }, settings: { sources: {}, tasks: {} } };
  await expect(environment.run(() => extract(given as unknown as Dependencies)({ run, plan }))).rejects.toThrow(
    'the lake is away',
  );
  const [pid] = readFileSync(file, 'utf8').split(' ').map(Number);
  expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
});
