import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collection, reading } from '../support/readings.js';
import { world, type World } from '../support/world.js';

interface Closed {
  status: string;
  error?: string;
}

let service: World;
let upstream: Server;
/** what the upstream answers for the interval that starts at this hour of 2018-03-01, and how often it was asked */
const answers = new Map<string, (response: ServerResponse, asked: number) => void>();
const asked = new Map<string, number>();

beforeAll(async () => {
  upstream = createServer((request, response) => {
    const start = new URL(request.url ?? '', 'http://x').searchParams.get('starttime') ?? '';
    const count = (asked.get(start) ?? 0) + 1;
    asked.set(start, count);
    const answer = answers.get(start);
    if (answer) answer(response, count);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/query`;
  service = await world({
    WATERCLOCK_SOURCE_READINGS: url,
    WATERCLOCK_SOURCE_MINIBUSES: url.replace('/query', '/no-such'),
  });
  await service.startWorker();
}, 60_000);
afterAll(async () => {
  await service?.close();
  upstream?.close();
});

const taken = (id: string, hour: number, properties: object = {}) =>
  reading(id, Date.UTC(2018, 2, 1, hour, 30), properties);

async function run(hour: number, answer: (response: ServerResponse, asked: number) => void): Promise<Closed> {
  const start = `2018-03-01T${String(hour).padStart(2, '0')}:00:00Z`;
  answers.set(start, answer);
  const { json } = await service.waterclock('run', 'readings', '--interval', start, '--dbt', 'skip', '--wait');
  return json as Closed;
}

const rowsOf = (hour: number) =>
  service.query(`select id from readings.readings where date_part('hour', _interval_start) = ${hour} order by id`);

test('an hour without events is loaded, with no rows', async () => {
  expect(await run(1, (response) => response.end(collection()))).toMatchObject({ status: 'completed' });
  expect(await rowsOf(1)).toEqual([]);
  expect(
    await service.query(
      `select staged, status from monitor_db.handler_executions where interval_start = '2018-03-01 01:00:00'`,
    ),
  ).toEqual([{ staged: 0, status: 'loaded' }]);
});

test('HTTP 500 is tried again', async () => {
  const done = await run(2, (response, count) =>
    count < 3 ? response.writeHead(500).end('sorry') : response.end(collection(taken('a', 2))),
  );
  expect(done).toMatchObject({ status: 'completed' });
  expect(await rowsOf(2)).toEqual([{ id: 'a' }]);
});

test('HTTP 429 is tried again when Retry-After says so, not before', async () => {
  const times: number[] = [];
  const done = await run(3, (response, count) => {
    times.push(Date.now());
    if (count === 1) response.writeHead(429, { 'retry-after': '3' }).end();
    else response.end(collection(taken('b', 3)));
  });
  expect(done).toMatchObject({ status: 'completed' });
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(2_900);
});

test('an answer of 404 fails the run at once, naming the address', async () => {
  const done = await run(4, (response) => response.writeHead(404).end());
  expect(done).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/extract: SourceNotFound: .*127\.0\.0\.1/) as unknown,
  });
  expect(asked.get('2018-03-01T04:00:00Z')).toBe(1);
});

test('malformed JSON loads nothing, and says where it broke', async () => {
  const done = await run(5, (response) => response.end(collection(taken('c', 5)).slice(0, -10)));
  expect(done).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('validate: UnreadablePart') as unknown,
  });
  expect(await rowsOf(5)).toEqual([]);
});

test('a record of wrong types is rejected with its reason, the others are loaded', async () => {
  const done = await run(6, (response) => response.end(collection(taken('d', 6, { level: 'high' }), taken('e', 6))));
  expect(done).toMatchObject({ status: 'completed' });
  expect(await rowsOf(6)).toEqual([{ id: 'e' }]);
  expect(
    await service.query(
      `select valid, rejected from monitor_db.handler_executions where interval_start = '2018-03-01 06:00:00'`,
    ),
  ).toEqual([{ valid: 1, rejected: 1 }]);
});

test('above maxRejected the run fails before anything is loaded', async () => {
  const bad = Array.from({ length: 11 }, (_, at) => taken(`f${at}`, 7, { quality: 'high' }));
  const done = await run(7, (response) => response.end(collection(...bad, taken('g', 7))));
  expect(done).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('11 of 12 rows were rejected') as unknown,
  });
  expect(await rowsOf(7)).toEqual([]);
});

test('a truncated gzip loads nothing', async () => {
  const done = await run(8, (response) => response.end(gzipSync(collection(taken('h', 8))).subarray(0, -12)));
  expect(done).toMatchObject({ status: 'failed', error: expect.stringContaining('UnreadablePart') as unknown });
  expect(await rowsOf(8)).toEqual([]);
});

test('an event at the very end of the interval belongs to the next one', async () => {
  const edge = taken('edge', 9, { time: Date.UTC(2018, 2, 1, 10) });
  await run(9, (response) => response.end(collection(taken('i', 9), edge)));
  await run(10, (response) => response.end(collection(edge)));
  expect(await rowsOf(9)).toEqual([{ id: 'i' }]);
  expect(await rowsOf(10)).toEqual([{ id: 'edge' }]);
});

test('an interval run again takes the newer state of a row, and drops what is no longer there', async () => {
  await run(11, (response) => response.end(collection(taken('j', 11), taken('k', 11))));
  const updated = taken('j', 11, { level: 3, updated: Date.UTC(2018, 2, 2) });
  answers.set('2018-03-01T11:00:00Z', (response) => response.end(collection(updated)));
  await service.waterclock('run', 'readings', '--interval', '2018-03-01T11:00Z', '--dbt', 'skip', '--force', '--wait');
  expect(
    await service.query(`select id, level from readings.readings where date_part('hour', _interval_start) = 11`),
  ).toEqual([{ id: 'j', level: 3 }]);
});

test('hostile values are rejected with their reasons, in a body of two gzip members behind a byte order mark', async () => {
  const bad = [
    taken('surrogate\ud800', 12),
    taken('nul\0', 12),
    taken('huge', 12, { level: 'HUGE' }),
    taken('rounded', 12, { quality: 'ROUNDED' }),
    taken('fine', 12, { unknown: '\ud800' }),
  ];
  const text = collection(...bad)
    .replace('"HUGE"', '1e400')
    .replace('"ROUNDED"', '9007199254740993');
  const members = [gzipSync(`\uFEFF${text.slice(0, 100)}`), gzipSync(text.slice(100))];
  expect(await run(12, (response) => response.end(Buffer.concat(members)))).toMatchObject({ status: 'completed' });
  expect(await rowsOf(12)).toEqual([{ id: 'fine' }]);
  const { json } = await service.waterclock('rejected', 'readings', '--interval', '2018-03-01T12:00Z');
  const { groups } = json as { groups: { reason: string; count: number }[] };
  expect(groups.map(({ reason }) => reason).sort()).toEqual([
    'id: holds U+0000',
    'id: holds a lone surrogate',
    expect.stringContaining('properties.level: '),
    expect.stringContaining('properties.quality: '),
  ]);
});

test.each([
  ['a hundred thousand open lists', '['.repeat(100_000), /malformed around its records|ends inside|has no array/],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /not UTF-8/],
  ['an answer that is empty', '', /the JSON document is empty/],
])('%s end the run with a clear error, and the worker goes on', async (_, body, told) => {
  const done = await run(13, (response) => response.end(body));
  expect(done).toMatchObject({ status: 'failed', error: expect.stringMatching(told) as unknown });
  expect(done.error).toMatch(/validate: UnreadablePart: http.*starttime=/);
});

test('a missing bucket fails the run, naming it', async () => {
  const { json } = await service.waterclock(
    'run',
    'minibuses',
    '--interval',
    '2022-11-24T10:00Z',
    '--dbt',
    'skip',
    '--wait',
  );
  expect(json).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/SourceNotFound: .*minibus-events/) as unknown,
  });
  expect(
    await service.query(
      `select status, failed_step from monitor_db.run_executions_latest where pipeline = 'minibuses'`,
    ),
  ).toEqual([{ status: 'failed', failed_step: 'extract' }]);
});
