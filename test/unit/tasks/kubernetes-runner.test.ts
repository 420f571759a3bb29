import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubernetesRunner } from '../../../tasks/kubernetes/runner.js';
import { ownName } from '../../../tasks/own-name.js';
import type { TaskOrder } from '../../../tasks/runner.js';
import { kubernetesApiServer, type Fault } from '../../support/kubernetes/api-server.js';
import { follow, readFrom, runnerContract, type Stage } from './runner-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-kubernetes-'));
const settings = {
  namespace: 'data',
  pod: { spec: { serviceAccountName: 'prod-tasks' } },
  spotPod: { spec: { nodeSelector: { 'karpenter.sh/capacity-type': 'spot' } } },
  secrets: { SHOP_TOKEN: { secret: 'sources', key: 'shop-token' }, MOVED: { secret: 'sources', key: 'gone' } },
};
let server: Awaited<ReturnType<typeof kubernetesApiServer>>;
let stage: Stage;
let results = 0;

beforeAll(async () => {
  server = await kubernetesApiServer({
    images: { 'etl:1': resolve('test/support') },
    environment: { PATH: process.env['PATH'] ?? '', RESULTS: folder },
    secrets: { 'sources/shop-token': 'planted' },
    quota: 60,
  });
  const place = { server: server.url, tls: {}, token: () => Promise.resolve('token') };
  const read = readFrom(folder);
  stage = {
    runner: kubernetesRunner({ settings, place, read, given: { AWS_REGION: 'eu-central-1' }, lookEvery: 20 }),
    command: (...does) => ({
      command: ['node', 'task-program.mjs', ...does],
      container: { image: 'etl:1', family: 'shop-extract', cpu: 256, memory: 512 },
      resultAt: { bucket: 'raw', key: `result-${++results}` },
    }),
    started: () => server.started(),
  };
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

runnerContract('a Job of Kubernetes', () => stage);

const image = (name: string) => ({ container: { image: name, family: 'x', cpu: 256, memory: 512 } });

test.each<[Fault, string, string]>([
  ['evicted', 'TransientError', 'the program was evicted from its node: The node was low on resource: memory.'],
  ['node lost', 'TransientError', 'the program lost its node: Taint manager'],
  ['forbidden pod', 'TaskRefused', 'the program did not start: Error creating: pods'],
])('what becomes of a pod has a message of its own: %s', async (fault, name, message) => {
  server.ask(fault);
  expect((await follow(stage, ['sleep=5000'])).error).toMatchObject({
    name,
    message: expect.stringContaining(message),
  });
});

test.each([
  ['etl:2', 'TaskRefused', /^the program did not start, its image is not there, .*etl:2: not found/],
  ['Not An Image', 'TaskRefused', /^the program did not start, its image is not there, .*parse image name/],
  ['away.example.com/etl:1', 'TransientError', /^the program did not start, its image could not be pulled: .*timeout/],
])('an image that cannot be had: %s', async (named, name, message) => {
  const { error } = await follow(stage, ['exit=0'], { order: image(named) });
  expect(error).toMatchObject({ name, message: expect.stringMatching(message) });
  // its pod would go on trying, beside the next task
  expect([...server.jobs.keys()].filter((job) => job.startsWith('x-'))).toEqual([]);
});

test('a program that its image does not have fails at once', async () => {
  const { error } = await follow(stage, [], { order: { ...stage.command(), command: ['no-such-program'] } });
  expect(error).toMatchObject({ name: 'TaskMissing', message: expect.stringContaining('"no-such-program"') });
});

test.skipIf(process.platform !== 'linux')(
  'a task that needs more memory fails at once, and its message names what it had',
  async () => {
    const grow = 'const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 5)';
    const order = { command: ['node', '-e', grow], container: { ...image('etl:1').container, memory: 120 } };
    expect((await follow(stage, [], { order })).error).toMatchObject({
      name: 'TaskFailed',
      message: 'the program took more memory than its 120 MiB: raise `memory` of the task',
    });
  },
);

test('a task that outlasts its step is stopped by Kubernetes, though no worker is left', async () => {
  const { error } = await follow(stage, ['polite', 'sleep=60000'], { order: { timeout: 1_000 } });
  expect(error).toMatchObject({
    name: 'TransientError',
    message: expect.stringContaining('was stopped by Kubernetes: it took longer than its step may'),
  });
});

test.each<[string, Partial<TaskOrder>, string]>([
  ['a task definition of ECS', { container: { taskDefinition: 'etl', family: 'etl', cpu: 1, memory: 1 } }, 'of ECS'],
  ['a secret that nobody placed', { secrets: { TOKEN: 'OTHER' } }, 'WATERCLOCK_KUBERNETES_SECRETS does not say'],
  ['a secret that is not there', { secrets: { TOKEN: 'MOVED' } }, "couldn't find key gone in Secret data/sources"],
])('what cannot work fails at once: %s', async (_, order, message) => {
  expect((await follow(stage, ['exit=0'], { order })).error).toMatchObject({
    name: 'TaskRefused',
    message: expect.stringContaining(message),
  });
});

test('a quota that is full is waited out by later tries', async () => {
  const small = await kubernetesApiServer({ images: {}, environment: {}, secrets: {}, quota: 0 });
  const place = { server: small.url, tls: {}, token: () => Promise.resolve('token') };
  const runner = kubernetesRunner({ settings, place, read: () => Promise.resolve(undefined), lookEvery: 20 });
  const { error } = await follow({ ...stage, runner }, ['exit=0']);
  await small.close();
  expect(error).toMatchObject({ name: 'TransientError', message: expect.stringContaining('exceeded quota') });
});

test('a task whose start was answered by nothing is found by the next attempt, and was started once', async () => {
  const before = server.started();
  server.ask('lost answer');
  const order = { ...stage.command('out=here'), id: 'lost-extract-1' };
  expect((await follow(stage, [], { order })).error).toMatchObject({ name: 'TransientError' });
  const { lines, error } = await follow(stage, [], { order });
  expect([error, lines, server.started() - before]).toEqual([undefined, ['here'], 1]);
});

test('lines come once, though their connection breaks', async () => {
  server.ask('cut');
  const words = ['one', 'two', 'three', 'four', 'five'];
  const does = words.flatMap((word) => [`out=${word}`, 'sleep=40']);
  expect((await follow(stage, does)).lines).toEqual(words);
});

test('a worker that finds a task goes on behind the lines that were taken', async () => {
  const { runner, command } = stage;
  const base = { id: 'left-extract-1', name: 'x', environment: {}, grace: 500, keepsStdout: false };
  const gate = join(folder, 'gate');
  const order = { ...base, ...command('out=one', 'out=two', `until=${gate}`, 'out=three') };
  const handle = await runner.start(order);
  const first: string[] = [];
  let next: string | undefined;
  while (first.length < 2) {
    await runner.look(handle, 0);
    const taken = await runner.logs(handle, next);
    first.push(...taken.lines.map(({ text }) => text));
    next = taken.next;
  }
  await runner.forget(handle);
  writeFileSync(gate, '');
  const { lines, error } = await follow({ ...stage, runner }, [], { order, from: next });
  expect([first, lines, error]).toEqual([['one', 'two'], ['three'], undefined]);
});

test('a program has its secrets, which its Job does not show, and its texts as they are', async () => {
  const order = {
    ...stage.command('variables'),
    id: 'secrets-extract-1',
    environment: {
      WATERCLOCK_PIPELINE: 'shop',
      NOTE: 'costs $(NOTE) and $$5',
      WATERCLOCK_RUN: 'shop-2026-11-24T11:00:00Z',
    },
    secrets: { TOKEN: 'SHOP_TOKEN' },
  };
  const { result } = await follow(stage, [], { order });
  expect(JSON.parse(result ?? '{}')).toMatchObject({
    TOKEN: 'planted',
    NOTE: 'costs $(NOTE) and $$5',
    AWS_REGION: 'eu-central-1',
  });
  const job = server.jobs.get(ownName({ id: order.id, ...stage.command() }));
  expect(JSON.stringify(job)).not.toContain('planted');
  expect(job?.metadata.labels).toMatchObject({ 'waterclock/pipeline': 'shop' });
});
