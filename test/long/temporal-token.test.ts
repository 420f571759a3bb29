import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenProxy, type TokenProxy } from '../support/token-proxy.js';
import { world, type World } from '../support/world.js';

let service: World;
let proxy: TokenProxy;
const folder = mkdtempSync(join(tmpdir(), 'wc-token-'));
const file = join(folder, 'token');

beforeAll(async () => {
  writeFileSync(file, 'token-of-monday');
  service = await world();
  proxy = await tokenProxy(service.environment['TEMPORAL_ADDRESS'] ?? '', 'token-of-monday');
  // commands go past it; the worker is what outlives a token
  await service.startWorker({ TEMPORAL_ADDRESS: proxy.address, TEMPORAL_TLS: 'false', TEMPORAL_API_KEY_FILE: file });
});

afterAll(async () => {
  await service?.close();
  proxy?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a worker outlives its token: it takes the next one from the file and goes on', async () => {
  const run = (interval: string) =>
    service.waterclock('run', 'readings', '--interval', interval, '--dbt', 'skip', '--wait');
  expect((await run('2018-02-01T00:00Z')).json).toMatchObject({ status: 'completed' });
  expect(proxy.passed.get('token-of-monday')).toBeGreaterThan(0);

  // the old one ends before the worker has looked: its polls are refused for a while
  proxy.accepts('token-of-tuesday');
  writeFileSync(file, 'token-of-tuesday');
  expect((await run('2018-02-01T01:00Z')).json).toMatchObject({ status: 'completed' });
  expect(proxy.passed.get('token-of-tuesday')).toBeGreaterThan(0);
});
