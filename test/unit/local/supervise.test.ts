import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../local/ports.js';
import { processStart } from '../../../local/setup/process-start.mjs';
import { acceptsConnections, hasWritten } from '../../../local/supervisor/ready.js';
import { isSameProcess, type ProcessIdentity } from '../../../local/supervisor/process-identity.js';
import { PortTaken } from '../../../local/supervisor/port-taken.js';
import type { Service } from '../../../local/supervisor/service.js';
import { lastLines, type StackFailure } from '../../../local/supervisor/stack-failure.js';
import { supervise, type Supervised } from '../../../local/supervisor/supervise.js';

let folder: string;
let handle: Supervised | undefined;
let foreign: Server | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'supervise-'))));
afterEach(async () => {
  await handle?.stop({ now: true });
  foreign?.close();
  foreign = undefined;
  rmSync(folder, { recursive: true });
});

async function run(
  program: string,
  { grace = 500, readyWithin = 5000, ...more }: Partial<Service> = {},
  onSpawn: () => void = () => undefined,
) {
  const lines: string[] = [];
  const failures: StackFailure[] = [];
  const spawned: (ProcessIdentity | undefined)[] = [];
  const service = {
    name: 'clock',
    command: process.execPath,
    args: ['-e', program],
    environment: {},
    ready: hasWritten('ready'),
    grace,
    readyWithin,
    ...more,
  };
  await supervise(service, join(folder, 'clock.log'), {
    onSpawn: (identity) => (onSpawn(), spawned.push(identity)),
    onHandle: (made) => (handle = made),
    onLine: (line) => lines.push(line),
    onGivenUp: (failure) => failures.push(failure),
  });
  return { lines, failures, spawned };
}

test('a service that dies is started again, and a line says so', async () => {
  const { lines, spawned } = await run("console.log('ready'); setInterval(() => {}, 1000)");
  const [first] = spawned;
  if (!first) throw new Error('no process');
  process.kill(first.pid, 'SIGKILL');
  await expect.poll(() => lines).toEqual(['clock died (SIGKILL), started again']);
  expect(spawned[1]?.pid).not.toBe(first.pid);
});

test('three deaths in a minute give it up, with its log', async () => {
  const { failures, lines } = await run("console.log('ready'); setTimeout(() => process.exit(3), 300)");
  await expect.poll(() => failures, { timeout: 5000 }).toHaveLength(1);
  expect(failures[0]?.message).toBe('clock died 3 times in a minute (exit code 3)');
  expect(lines).toHaveLength(2);
  expect(lastLines(failures[0]?.logPath ?? '')).toContain('ready');
});

test('one that does not mind the signal is killed when its grace is over', async () => {
  const { spawned } = await run("process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)");
  const begun = Date.now();
  await handle?.stop();
  expect(Date.now() - begun).toBeLessThan(3000);
  expect(spawned.some((identity) => identity && isSameProcess(identity))).toBe(false);
});

test('what it started itself ends with it', async () => {
  const child = "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid";
  await run(`console.log('child=' + ${child} + ' ready'); setInterval(() => {}, 1000)`);
  const pid = Number(/child=(\d+)/.exec(handle?.log.text() ?? '')?.[1]);
  await handle?.stop();
  await expect.poll(() => processStart(pid)).toBeUndefined();
});

test('one that never gets ready is an error with its log', async () => {
  await expect(run('setInterval(() => {}, 1000)', { readyWithin: 300 })).rejects.toThrow(
    'clock was not ready after 0.3 s',
  );
});

test('a program that is not there is an error', async () => {
  const service = { name: 'none', command: join(folder, 'none'), args: [], environment: {}, ready: async () => false };
  const events = { onSpawn() {}, onHandle() {}, onLine() {}, onGivenUp() {} };
  await expect(supervise(service, join(folder, 'none.log'), events)).rejects.toThrow(
    'none could not be started: spawn',
  );
});

/** binds a while after it has started, as real services do */
const bindsLate = (port: number) =>
  `setTimeout(() => require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('ready')), 300)`;

const take = (port: number) =>
  new Promise<void>((resolve) => (foreign = createServer().listen(port, '127.0.0.1', resolve)));

test('a service whose port another program has is not started, and the failure names both', async () => {
  const [port, more] = [await freePort(), await freePort()];
  await take(more);
  const failure = await run(bindsLate(port), { port, morePorts: [more] }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PortTaken);
  expect(failure).toMatchObject({
    port: more,
    message: `port ${more}, chosen for clock, was taken by another program before clock had it`,
  });
});

test('a port that is taken between the start and the bind is said, instead of three deaths', async () => {
  const port = await freePort();
  const never = async () => false;
  const started = run(bindsLate(port), { port, ready: never }, () => void take(port));
  await expect(started).rejects.toMatchObject({ name: 'PortTaken', port });
});

test('what answers in the place of a service is not taken for it', async () => {
  const port = await freePort();
  const { failures, spawned } = await run(bindsLate(port), { port, ready: acceptsConnections(port) }, () => {
    if (!foreign) void take(port);
  });
  await expect.poll(() => failures, { timeout: 5000 }).toMatchObject([{ name: 'PortTaken', port }]);
  expect(spawned).toHaveLength(1);
});
