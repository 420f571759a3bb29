import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { choosePorts, freePorts, portVariable, usualPorts } from '../../../local/ports.js';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function take(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('a usual port that is taken is replaced, and said', async () => {
  const taken = createServer();
  const isOurs = await new Promise<boolean>((resolve) => {
    taken.once('error', () => resolve(false)).listen(usualPorts.temporal, '127.0.0.1', () => resolve(true));
  });
  if (isOurs) open.push(taken);
  const { ports, moved } = await choosePorts({});
  expect(ports.temporal).not.toBe(usualPorts.temporal);
  expect(moved).toContain(`7233 taken: now ${ports.temporal}`);
});

test('a port that was asked for and is taken is refused with the remedy', async () => {
  const port = await take();
  await expect(choosePorts({ s3: port })).rejects.toThrow(
    `port ${port}, asked for s3, is taken: stop what listens there or give another with --port-s3`,
  );
});

test('a port that was asked for twice is refused', async () => {
  const { s3 } = await freePorts();
  await expect(choosePorts({ s3, postgres: s3 })).rejects.toThrow(`port ${s3}, asked for postgres, is taken`);
});

test('free ports differ', async () => {
  expect(new Set(Object.values(await freePorts())).size).toBe(Object.keys(usualPorts).length);
});

test('a port has a variable', () => {
  expect(portVariable('redshift-data')).toBe('WATERCLOCK_PORT_REDSHIFT_DATA');
});

test.each(['usual', 'free'])('stacks that start at once on %s ports never take the same', async (which) => {
  const script = ['--import', 'tsx', 'test/support/choose-and-bind.ts', which];
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, script, { stdio: ['pipe', 'pipe', 'pipe'] }),
  );
  try {
    const answers = await Promise.all(children.map(answerOf));
    const ports = answers.flatMap((answer) => JSON.parse(answer) as number[]);
    expect(ports.length).toBe(4 * Object.keys(usualPorts).length);
    expect(new Set(ports).size).toBe(ports.length);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
});

test('a process that ended holds no port', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/choose-and-bind.ts', 'free']);
  const [port = 0] = JSON.parse(await answerOf(child)) as number[];
  await expect(choosePorts({ s3: port })).rejects.toThrow(`port ${port}, asked for s3, is taken`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await choosePorts({ s3: port })).ports.s3).toBe(port);
});

/** its first line, or what it complained of */
function answerOf({ stdout, stderr }: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    stderr.on('data', (data: Buffer) => (complaint += data.toString())).once('end', () => reject(new Error(complaint)));
    stdout.once('data', (data: Buffer) => resolve(data.toString()));
  });
}
