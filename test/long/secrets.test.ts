import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { histories, ledger, objects } from '../support/places.js';
import { collection, reading } from '../support/readings.js';
import { world, type World } from '../support/world.js';

const planted = {
  user: 'planted-user-password-7f3a',
  key: 'planted-api-key/with+signs=91c2',
  token: 'planted-token-of-the-environment-5d0e',
};

let service: World;
let source: Server;
/** what the source answers, in order; the last one for ever */
let answers: { status: number; text: (url: string) => string }[];
const asked: string[] = [];
let log = '';

beforeAll(async () => {
  source = createServer((request, response) => {
    asked.push(request.url ?? '');
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    response
      .writeHead(answer?.status ?? 500, { 'content-type': 'application/json' })
      .end(answer?.text(request.url ?? ''));
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  const address = `http://me:${planted.user}@127.0.0.1:${(source.address() as AddressInfo).port}/query`;
  service = await world({
    WATERCLOCK_SOURCE_READINGS: `${address}?api_key=${encodeURIComponent(planted.key)}`,
    SOME_SERVICE_TOKEN: planted.token,
  });
  const worker = await service.startWorker();
  worker.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
}, 60_000);
afterAll(async () => {
  await service?.close();
  source?.close();
});

/** the source repeats the key that it was given, as many do */
const echo = (status: number) => ({
  status,
  text: (url: string) => `{"error":"refused ${decodeURIComponent(url)} ${url}"}`,
});
const sample = {
  status: 200,
  text: () => collection(feature('a'), { id: 7 }),
};

test(
  'no secret is in a log, a history, an object, its metadata, the ledger or what the command says',
  { timeout: 120_000 },
  async () => {
    answers = [echo(503), sample];
    const good = await run('2018-02-01T00:00Z');
    expect(good.json).toMatchObject({ status: 'completed' });
    answers = [echo(403)];
    const bad = await run('2018-02-01T01:00Z');
    expect(bad.json).toMatchObject({ status: 'failed', error: expect.stringContaining('got HTTP 403') as string });
    expect(asked.length).toBe(3);
    for (const url of asked) expect(url).toContain(encodeURIComponent(planted.key));

    const places: Record<string, string> = {
      log,
      ...(await histories(service)),
      ...(await objects(service)),
      ledger: JSON.stringify(await ledger(service)),
      'what the command says': JSON.stringify([
        good,
        bad,
        await service.waterclock('show', 'readings-2018-02-01T02:00:00Z'),
      ]),
    };
    expect(Object.keys(places).filter((name) => name.startsWith('runs/')).length).toBeGreaterThan(3);
    expect(Object.keys(places).filter((name) => name.startsWith('rejected/')).length).toBe(1);
    expect(places['history of readings-2018-02-01T02:00:00Z']).toContain('got HTTP 403');
    expect(places['log']).toContain('got HTTP 503');
    const secrets = {
      ...planted,
      'key, encoded': encodeURIComponent(planted.key),
      s3: service.environment['AWS_SECRET_ACCESS_KEY'] ?? '',
      postgres: service.environment['PGPASSWORD'] ?? '',
    };
    const leaks = Object.entries(places).flatMap(([place, text]) =>
      Object.entries(secrets).flatMap(([secret, value]) => (text.includes(value) ? [`${secret} in ${place}`] : [])),
    );
    expect(leaks).toEqual([]);
  },
);

test('a parameter whose name says secret is refused, since parameters are kept in history', async () => {
  const { code, stderr } = await service.waterclock('run', 'readings', '--param', `api_token=${planted.token}`);
  expect(code).toBe(2);
  expect(stderr).toContain("'api_token'");
  expect(stderr).not.toContain(planted.token);
});

function run(interval: string) {
  return service.waterclock('run', 'readings', '--interval', interval, '--wait');
}

const feature = (id: string) => reading(id, Date.parse('2018-02-01T00:10:00Z'));
