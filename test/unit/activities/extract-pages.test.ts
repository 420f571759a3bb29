import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { extract } from '../../../activities/extract.js';
import { validatePart } from '../../../activities/threads/validate-part.js';
import type { ObjectStore } from '../../../lake/object-store.js';
import type { ExtractManifest, Extracted, Plan } from '../../../model/plan.js';
import { bearer, http, nextLink, secret } from '../../../sources/declare.js';
import { memoryStore, type MemoryStore } from '../../../testing/memory-store.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';
import { tinyRun as run } from '../../support/tiny-run.js';

const pagesOfApi = 230;
const token = 'planted-token-4711';

/** the failures are asked for */
const quiet = new DefaultLogger('ERROR', () => undefined);

let server: Server;
let asked: number[];
let store: MemoryStore;
beforeEach(async () => {
  asked = [];
  store = memoryStore();
  server = createServer((request, response) => {
    const at = Number(new URL(request.url ?? '', 'http://x').searchParams.get('at') ?? 0);
    asked.push(at);
    const link = at + 1 < pagesOfApi ? { link: `</rows?at=${at + 1}>; rel=next` } : {};
    const items = Array.from({ length: 3 }, (_, index) => ({ id: `${at}-${index}` }));
    response.writeHead(200, link).end(JSON.stringify({ data: { items } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close());

const pipeline = () =>
  tinyPipeline({
    source: http({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rows`,
      auth: bearer(secret('SHOP_TOKEN')),
      pages: nextLink(),
      records: { form: 'json', at: 'data.items' },
    }),
  });

function planOf(): Plan {
  const { source, entities, maxRejected } = pipeline();
  const plan = {
    source,
    entities: entities.map(({ plan }) => plan),
    maxRejected,
    rawBucket: 'raw',
    lakeBucket: 'lake',
  };
  return plan as unknown as Plan;
}

function extracted(over: ObjectStore): Promise<Extracted> {
  const dependencies = {
    store: over,
    pipelines: [],
    environment: { SHOP_TOKEN: token },
    settings: { sources: {}, sourceLimits: { bytes: 1e9, bytesPerSecond: 1 } },
  } as unknown as Dependencies;
  return new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 }, { logger: quiet }).run(() =>
    extract(dependencies)({ run, plan: planOf() }),
  ) as Promise<Extracted>;
}

const manifest = async (): Promise<ExtractManifest> =>
  JSON.parse(
    Buffer.from(await store.get({ bucket: 'lake', key: 'runs/tiny/r/extract.json' })).toString(),
  ) as ExtractManifest;

/** a store that ends the work at its nth write, before or after it is done, as the death of a worker does */
function dying(nth: number, isDone: boolean): ObjectStore {
  let writes = 0;
  async function write<T>(work: () => Promise<T>): Promise<T> {
    const isLast = ++writes === nth;
    if (isLast && !isDone) throw new Error('the worker was killed');
    const result = await work();
    if (isLast) throw new Error('the worker was killed');
    return result;
  }
  return {
    ...store,
    put: (ref, body) => write(() => store.put(ref, body)),
    upload: (ref, body) => write(() => store.upload(ref, body)),
  };
}

test('pages are parts of a hundred, each page an object as received', async () => {
  expect(await extracted(store)).toMatchObject({ parts: 3, files: 230 });
  const { parts } = await manifest();
  expect(parts.map(({ pages = [], sources }) => [pages.length, sources.length])).toEqual([
    [100, 100],
    [100, 100],
    [30, 30],
  ]);
  const [first, second] = parts[1]?.pages ?? [];
  expect(first?.key).toMatch(/part-00100\.json$/);
  const raw = await store.get({ bucket: 'raw', key: second?.key ?? '' });
  expect(JSON.parse(Buffer.from(raw).toString())).toEqual({
    data: { items: [{ id: '101-0' }, { id: '101-1' }, { id: '101-2' }] },
  });
  expect(asked).toHaveLength(230);
});

test('a worker that dies at any write: every page is there once, one is asked again at most', async () => {
  for (const nth of [1, 2, 3, 4, 199, 200, 201, 202, 203, 204, 403, 404, 405, 460, 461, 462, 463, 464, 465]) {
    for (const isDone of [false, true]) {
      store = memoryStore();
      asked = [];
      const died = await extracted(dying(nth, isDone)).then(
        () => false,
        () => true,
      );
      const found = died ? await extracted(store) : undefined;
      if (found) expect(found).toMatchObject({ parts: 3, files: 230 });
      expect(asked.length, `write ${nth}`).toBeLessThanOrEqual(231);
      const { parts } = await manifest();
      expect(new Set(parts.flatMap(({ pages = [] }) => pages.map(({ key }) => key))).size).toBe(230);
      expect(new Set(asked).size).toBe(230);
    }
  }
}, 60_000);

test('a part of pages is validated, each record with the page that it came from', async () => {
  await extracted(store);
  const { parts } = await manifest();
  const page = parts[2]?.pages?.[1];
  await store.put({ bucket: 'raw', key: page?.key ?? '' }, '{"data":{"items":[{"id":"x"},{"id":7}]}}');
  const [raw] = parts.slice(2);
  if (!raw) return expect.unreachable();
  const task = { run, plan: planOf(), part: 2, raw, rawBucket: 'raw' };
  const found = await validatePart(task, [pipeline()], () => undefined, store);
  expect(found.counts).toMatchObject({ records: 89, routed: 89 });
  const rejected = Buffer.from(await store.get({ bucket: 'lake', key: found.rejected ?? '' })).toString();
  expect(JSON.parse(rejected)).toMatchObject({
    line: 1,
    offset: 29,
    source: expect.stringMatching(/#page=202$/) as string,
  });
});

test('a page that nobody can read is named', async () => {
  await extracted(store);
  const { parts } = await manifest();
  const [raw] = parts;
  const key = raw?.pages?.[4]?.key ?? '';
  await store.put({ bucket: 'raw', key }, '{"data":{"items":[');
  if (!raw) return expect.unreachable();
  const task = { run, plan: planOf(), part: 0, raw, rawBucket: 'raw' };
  await expect(validatePart(task, [pipeline()], () => undefined, store)).rejects.toMatchObject({
    name: 'UnreadablePart',
    message: expect.stringMatching(/^http:\/\/\S+#page=5 \(s3:\/\/raw\/\S+part-00004\.json\): /) as string,
  });
});

test('the secret is in no object of the lake', async () => {
  await extracted(dying(100, true)).catch(() => undefined);
  await extracted(store);
  for (const key of store.keys()) {
    const [bucket = '', ...rest] = key.split('/');
    expect(Buffer.from(await store.get({ bucket, key: rest.join('/') })).toString(), key).not.toContain(token);
  }
  expect(store.keys().length).toBeGreaterThan(230);
});
