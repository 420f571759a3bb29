import { CancelledFailure } from '@temporalio/common';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IntervalNotes } from '../../../model/custom-code.js';
import { redactor } from '../../../model/redact.js';
import { syncReader } from '../../../sources/airbyte-sync/sync-reader.js';
import { airbyteSync, secret } from '../../../sources/declare.js';
import { sourceSession } from '../../../sources/http/session.js';
import { openSource } from '../../../sources/open-source.js';
import type { Place } from '../../../sources/source-driver.js';
import { airbyteServer, client, token, type AirbyteServer } from '../../support/airbyte-server.js';
import { listingS3, type ListedKey, type ListingS3 } from '../../support/listing-s3.js';
import { interval, never } from './contract.js';

const connection = 'e735894a-e773-4938-969f-45f53957b75b';
const environment = { AIRBYTE_TOKEN: token, AIRBYTE_ID: client.id, AIRBYTE_SECRET: client.secret };

let server: AirbyteServer;
let s3: ListingS3;
let files: Map<string, ListedKey>;
/** epoch ms of both servers; each sync is later than all before it */
let clock: number;

beforeEach(async () => {
  clock = Date.parse('2022-11-24T11:05:00Z');
  files = new Map();
  server = await airbyteServer([connection], () => (clock += 1_000));
  server.ends = ({ jobId }) => {
    for (const stream of ['orders', 'people']) write(`raw/shop/${stream}/${jobId}_0.jsonl.gz`);
    return { status: 'succeeded', rows: 2 };
  };
  s3 = await listingS3({
    keys: (from) => [...files.values()].filter(({ key }) => key >= from).sort((a, b) => (a.key < b.key ? -1 : 1)),
    body: (key) => gzipSync(`{"_airbyte_data":{"key":"${key}"}}\n`),
  });
});
afterEach(() => {
  server.close();
  s3.close();
});

const write = (key: string) => files.set(key, { key, modified: new Date(clock).toISOString() });

const sync = (changes: Partial<Parameters<typeof airbyteSync>[0]> = {}) =>
  airbyteSync({
    server: server.url,
    connection,
    auth: { token: secret('AIRBYTE_TOKEN') },
    files: { bucket: 'landing', prefix: 'raw/', endpoint: s3.url, anonymous: true },
    streams: ['orders', 'people'],
    ...changes,
  });

/** what the lake keeps of an interval, over its attempts */
function lake() {
  let note: unknown;
  const kept: { name: string; stream: string | undefined }[] = [];
  const logged: string[] = [];
  let place: Place | undefined;
  /** a worker that dies at the nth write of a note, before or after it is done */
  const notesOf = (dies?: { at: number; isDone: boolean }): IntervalNotes => {
    let writes = 0;
    return {
      read: async () => JSON.parse(JSON.stringify(note ?? null)) ?? undefined,
      async write(value) {
        writes++;
        if (dies?.at === writes && !dies.isDone) throw new Error('the worker was killed');
        note = value;
        if (dies?.at === writes) throw new Error('the worker was killed');
      },
    };
  };
  return {
    kept,
    logged,
    notes: () => note,
    async extract(
      source = sync(),
      { signal = never, dies }: { signal?: AbortSignal; dies?: { at: number; isDone: boolean } } = {},
    ) {
      const log = (text: string) => void logged.push(text);
      // as a run does it: by the plain data of its plan
      const generate = source.sync ? syncReader({ ...source.sync, poll: 5 }) : source.generate;
      const driver = openSource(source, {
        session: sourceSession(environment, redactor({})),
        custom: {
          generate,
          params: {},
          logger: { info: log, warn: log, error: log },
          environment,
          notes: notesOf(dies),
          known: async () => new Set(kept.map(({ name }) => name)),
        },
      });
      for await (const object of driver.list(interval, signal, place)) {
        kept.push({ name: object.name, stream: object.request });
        place = object.after;
      }
    },
    /** another run of the interval */
    again: () => (kept.splice(0), void (place = undefined)),
  };
}

test('a sync is started, followed to its end, and the files that it wrote are taken by stream', async () => {
  write('raw/shop/orders/1_0.jsonl.gz');
  clock += 600_000;
  const run = lake();
  await run.extract();
  expect(server.jobs.map(({ status, jobType }) => [status, jobType])).toEqual([['succeeded', 'sync']]);
  expect(run.kept).toEqual([
    { name: 'raw/shop/orders/41_0.jsonl.gz', stream: 'orders' },
    { name: 'raw/shop/people/41_0.jsonl.gz', stream: 'people' },
  ]);
});

test('files of syncs before and after it belong to others', async () => {
  const first = lake();
  await first.extract();
  const second = lake();
  await second.extract();
  expect(second.kept.map(({ name }) => name)).toEqual([
    'raw/shop/orders/42_0.jsonl.gz',
    'raw/shop/people/42_0.jsonl.gz',
  ]);
  first.again();
  await first.extract();
  expect(first.kept.map(({ name }) => name)).toEqual([
    'raw/shop/orders/41_0.jsonl.gz',
    'raw/shop/people/41_0.jsonl.gz',
  ]);
  expect(server.jobs).toHaveLength(2);
});

test('files of streams that are not named stay where they are', async () => {
  const run = lake();
  await run.extract(sync({ streams: ['people'] }));
  expect(run.kept.map(({ stream }) => stream)).toEqual(['people']);
});

test('however a worker dies, at any request or note, an interval has one sync', async () => {
  let deaths = 0;
  for (const done of ['before', 'after'] as const) {
    for (let nth = 1; nth < 9; nth++) {
      server.jobs.length = 0;
      let requests = 0;
      server.fault = () => (++requests === nth ? done : undefined);
      const run = lake();
      const died = await run.extract().then(
        () => false,
        () => true,
      );
      server.fault = () => undefined;
      if (died) deaths++;
      await run.extract();
      expect(server.jobs, `${done} request ${nth}`).toHaveLength(1);
    }
    for (const at of [1, 2]) {
      server.jobs.length = 0;
      const run = lake();
      await expect(run.extract(sync(), { dies: { at, isDone: done === 'after' } })).rejects.toThrow('was killed');
      await run.extract();
      expect(server.jobs, `${done} note ${at}`).toHaveLength(1);
    }
  }
  expect(deaths).toBeGreaterThan(7);
});

test('a job that ran already when the interval was asked for is waited for, and is not taken for its own', async () => {
  const other = server.begin(connection);
  const run = lake();
  const asked = run.extract();
  await expect.poll(() => server.asked.filter((one) => one === 'GET /jobs').length).toBeGreaterThan(2);
  Object.assign(other, { status: 'succeeded' });
  await asked;
  expect(server.jobs.map(({ jobId }) => jobId)).toEqual([41, 42]);
  expect(run.kept[0]?.name).toBe('raw/shop/orders/42_0.jsonl.gz');
});

test('one that somebody starts between the note and the request is taken', async () => {
  const run = lake();
  await expect(run.extract(sync(), { dies: { at: 1, isDone: true } })).rejects.toThrow('was killed');
  server.begin(connection);
  await run.extract();
  expect(server.jobs).toHaveLength(1);
});

test('a reset is waited for, and never taken for a sync', async () => {
  const reset = server.begin(connection, 'reset');
  const run = lake();
  const asked = run.extract();
  await expect.poll(() => server.asked.length).toBeGreaterThan(2);
  Object.assign(reset, { status: 'succeeded' });
  await asked;
  expect(server.jobs.map(({ jobType }) => jobType)).toEqual(['reset', 'sync']);
});

test('a sync that failed is tried again with another one', async () => {
  const { ends } = server;
  server.ends = () => ({ status: 'failed', rows: 0 });
  const run = lake();
  await expect(run.extract()).rejects.toMatchObject({
    name: 'TransientError',
    message: expect.stringContaining('sync 41 of the connection') as string,
  });
  server.ends = ends;
  await run.extract();
  expect(server.jobs.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
});

test('a sync that was cancelled on the server fails the run at once', async () => {
  server.ends = () => ({ status: 'cancelled', rows: 0 });
  await expect(lake().extract()).rejects.toMatchObject({ name: 'SyncCancelled' });
});

test.each([
  ['CANCELLED', 'cancelled'],
  ['WORKER_SHUTDOWN', 'running'],
  ['TIMED_OUT', 'running'],
])('an activity that ends by %s leaves its sync %s', async (reason, status) => {
  server.looks = 1_000;
  const controller = new AbortController();
  const running = lake().extract(sync(), { signal: controller.signal });
  const refused = expect(running).rejects.toThrow(reason);
  await expect.poll(() => server.jobs[0]?.status).toBe('running');
  controller.abort(new CancelledFailure(reason));
  await refused;
  await expect.poll(() => server.jobs[0]?.status).toBe(status);
});

test('a run that was cancelled starts another sync when it runs again', async () => {
  server.looks = 1_000;
  const controller = new AbortController();
  const run = lake();
  const refused = expect(run.extract(sync(), { signal: controller.signal })).rejects.toThrow('CANCELLED');
  await expect.poll(() => server.jobs[0]?.status).toBe('running');
  controller.abort(new CancelledFailure('CANCELLED'));
  await refused;
  await expect.poll(() => server.jobs[0]?.status).toBe('cancelled');
  server.looks = 2;
  await run.extract();
  expect(server.jobs.map(({ status }) => status)).toEqual(['cancelled', 'succeeded']);
});

test('an application gets a token, and another once the server knows it no more', async () => {
  let refusals = 0;
  server.fault = (_, path) => (path === '/jobs/41' && refusals++ === 0 ? { status: 401 } : undefined);
  await lake().extract(sync({ auth: { clientId: secret('AIRBYTE_ID'), clientSecret: secret('AIRBYTE_SECRET') } }));
  expect(server.asked.filter((one) => one.endsWith('/token'))).toHaveLength(2);
});

test.each([
  [401, 'SourceRefused'],
  [403, 'SourceRefused'],
  [404, 'SourceNotFound'],
  [302, 'SourceNotFound'],
  [422, 'InvalidDefinition'],
  [429, 'TransientError'],
  [503, 'TransientError'],
])('status %i ends the attempt with %s, and its message has no secret', async (status, name) => {
  server.fault = (method) => (method === 'POST' ? { status, headers: { 'retry-after': '7' } } : undefined);
  const failure = await lake()
    .extract()
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ name, message: expect.stringContaining(`status ${status}`) as string });
  expect((failure as Error).message).not.toContain('planted');
  if (status === 429) expect(failure).toMatchObject({ retryAfter: 7_000 });
});

test('rows whose files are not where they should be fail the run', async () => {
  server.ends = () => ({ status: 'succeeded', rows: 7 });
  await expect(lake().extract()).rejects.toMatchObject({
    name: 'SourceNotFound',
    message:
      'sync 41 wrote 7 rows, and none of their files are under s3://landing/raw/: compare `files` with the destination of the connection',
  });
});

test('a sync that brought nothing has no objects', async () => {
  server.ends = () => ({ status: 'succeeded', rows: 0 });
  const run = lake();
  await run.extract();
  expect(run.kept).toEqual([]);
});

test('what is wrong with a definition is named', () => {
  expect(() => sync({ connection: 'orders' })).toThrow(
    "connection must be the id of a connection, as in its address in Airbyte, got 'orders'",
  );
  expect(() => sync({ server: 'airbyte' })).toThrow("server is not an address: 'airbyte'");
});
