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
