import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { httpJson } from '../../../sources/declare.js';
import { openSource } from '../../../sources/open-source.js';
import { readAll } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

let server: FaultyServer;
const tunnels: string[] = [];
const proxy = createServer().on('connect', ({ url = '' }, socket) => {
  tunnels.push(url);
  const [host, port] = url.split(':');
  const onward = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(onward).pipe(socket);
  });
});

beforeEach(async () => {
  server = await faultyServer();
  server.handle = (_, response) => response.end('{}');
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  vi.stubEnv('http_proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  tunnels.length = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  proxy.close();
  await server.close();
});

const read = () => readAll(openSource(httpJson({ url: server.url }), { timeouts: { headers: 1000, silence: 1000 } }));

test('the proxy of the environment is used', async () => {
  vi.stubEnv('no_proxy', '');
  expect((await read()).join()).toBe('{}');
  expect(tunnels).toEqual([new URL(server.url).host]);
});

test('hosts in NO_PROXY are reached directly', async () => {
  vi.stubEnv('no_proxy', '127.0.0.1,localhost');
  expect((await read()).join()).toBe('{}');
  expect(tunnels).toEqual([]);
});
