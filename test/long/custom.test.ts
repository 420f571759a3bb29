import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneProgram, type Clone } from '../support/clone.js';
import { histories, ledger, objects } from '../support/places.js';
import { secretsManagerServer, type SecretsManagerServer } from '../support/secrets-manager-server.js';
import { world, type World } from '../support/world.js';

const coded = 'planted-coded/+&=11';
const first = 'planted-asked-one-22';
const second = 'planted-asked-two-33';

let clone: Clone;
let service: World;
let api: Server;
let manager: SecretsManagerServer;
let worker: ChildProcess;
let accepted = first;
let log = '';
const pages: number[] = [];
let onPage: (page: number) => void = () => undefined;

beforeAll(async () => {
  clone = cloneProgram();
  manager = await secretsManagerServer();
  manager.secrets.set('prod/asked', JSON.stringify({ token: first }));
  api = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    if (pathname === '/asked') {
      const { authorization = '' } = request.headers;
      if (authorization === `Bearer ${accepted}`) return response.end('[{"id":"a"}]');
      return response.writeHead(401).end(`${authorization} is wrong`);
    }
    if (searchParams.get('token') !== coded) return response.writeHead(403).end(`wrong: ${request.url}`);
    if (searchParams.get('at')?.startsWith('2022-11-24T12')) return response.writeHead(500).end(`away: ${request.url}`);
    const page = Number(searchParams.get('page'));
    pages.push(page);
    response.end(`[{"id":"${page}"},{"id":${page}}]`);
    return onPage(page);
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  await writeFile(
    join(clone.root, 'test/project/waterclock.config.ts'),
    `import { customPipelines } from '../support/custom-pipelines.js';\nexport default { pipelines: customPipelines('${url}') };\n`,
  );
  await writeFile(join(clone.root, 'test/project/.env'), `CODED_TOKEN='${coded}'\n`);
  const aws = { AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url, AWS_REGION: 'eu-central-1' };
  service = await world({ ...aws, WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '3' }, clone.root);
  await service.startWorker({ WATERCLOCK_ROLES: 'workflows,warehouse,transform' });
  worker = await startIngest();
}, 180_000);
afterAll(async () => {
  await service?.close();
  api?.close();
  manager?.close();
  clone?.remove();
});

async function startIngest(): Promise<ChildProcess> {
  const started = await service.startWorker({ WATERCLOCK_ROLES: 'ingest' });
  started.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return started;
}

const run = (pipeline: string, interval: string) =>
  service.waterclock('run', pipeline, '--interval', interval, '--dbt', 'skip', '--wait');

test('code whose worker is killed goes on behind the last object that is kept', async () => {
  let next: Promise<unknown> | undefined;
  onPage = (page) => {
    if (page !== 4 || next) return;
    worker.kill('SIGKILL');
    next = startIngest().then((started) => (worker = started));
  };
  const { json } = await run('coded', '2022-11-24T10:00Z');
  await next;
  expect(json).toMatchObject({ status: 'completed' });
  expect(pages.filter((page) => page < 4)).toEqual([0, 1, 2, 3]);
  expect(new Set(pages).size).toBe(8);
  const [count] = await service.query('select count(*) as n, count(distinct id) as ids from coded.rows');
  expect(count).toEqual({ n: 8, ids: 8 });
});

test('a secret that was rotated in Secrets Manager is found at the 401, without a restart', async () => {
  expect((await run('asked', '2022-11-24T10:00Z')).json).toMatchObject({ status: 'completed' });
  accepted = second;
  manager.secrets.set('prod/asked', JSON.stringify({ token: second }));
  // one that was read a moment ago is not read again at once
  await new Promise((resolve) => setTimeout(resolve, 11_000));
  expect((await run('asked', '2022-11-24T11:00Z')).json).toMatchObject({ status: 'completed' });
  expect(manager.asked).toEqual(['prod/asked', 'prod/asked']);
});

test('no planted value is in a log, a history, an object, the ledger or what commands say', async () => {
  accepted = 'another';
  const failed = [await run('coded', '2022-11-24T12:00Z'), await run('asked', '2022-11-24T12:00Z')];
  expect(failed.map(({ json }) => (json as { status: string }).status)).toEqual(['failed', 'failed']);
  const said = await Promise.all([
    service.waterclock('show', 'coded-2022-11-24T13:00:00Z'),
    service.waterclock('show', 'asked-2022-11-24T13:00:00Z'),
    service.waterclock('show', 'coded-2022-11-24T11:00:00Z'),
    service.waterclock('logs', 'coded-2022-11-24T13:00:00Z'),
    service.waterclock('rejected', 'coded'),
    service.waterclock('pipelines'),
    service.waterclock('secrets'),
  ]);
  const places: Record<string, string> = {
    log,
    'what commands say': JSON.stringify([failed, said]),
    ...(await histories(service)),
    ...(await objects(service)),
    ledger: JSON.stringify(await ledger(service)),
  };
  expect(places['log']).toContain('asks ');
  expect(places['log']).toContain('500');
  expect(Object.keys(places).length).toBeGreaterThan(20);
  const words = [coded, first, second].flatMap((word) => [word, encodeURIComponent(word)]);
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    words.flatMap((word) => (text.includes(word) ? [`${word} in ${place}`] : [])),
  );
  expect(leaks).toEqual([]);
}, 300_000);
