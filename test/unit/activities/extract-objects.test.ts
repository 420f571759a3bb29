import { MockActivityEnvironment } from '@temporalio/testing';
import { gzipSync, gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Dependencies } from '../../../activities/dependencies.js';
import { extract } from '../../../activities/extract.js';
import { extractRange } from '../../../activities/extract-objects.js';
import { validatePart } from '../../../activities/threads/validate-part.js';
import { defineEntity } from '../../../define/entity.js';
import type { Pipeline } from '../../../define/pipeline.js';
import type { ObjectStore } from '../../../lake/object-store.js';
import { eachParts } from '../../../lake/raw-parts.js';
import type { ExtractManifest, Extracted, Plan, RawPart } from '../../../model/plan.js';
import type { RecordForm } from '../../../model/record-form.js';
import { s3Objects } from '../../../sources/declare.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { listingS3, type ListingS3 } from '../../support/listing-s3.js';
import { quietLogger } from '../../support/quiet.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';
import { tinyRun as run } from '../../support/tiny-run.js';

const modified = '2022-11-24T10:30:00Z';
const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) });

let s3: ListingS3 | undefined;
afterEach(() => s3?.close());

const tiny = (records: RecordForm): Pipeline =>
  tinyPipeline({
    source: s3Objects({ bucket: 'b', prefix: 'd/', modifiedIn: 'interval', anonymous: true, records }),
    entities: [rows],
  });

async function world(bodies: Map<string, Buffer>, records: RecordForm = { form: 'ndjson' }, bytes = 1) {
  s3?.close();
  const keys = [...bodies.keys()].sort();
  s3 = await listingS3({
    keys: () => keys.map((key) => ({ key, modified, bytes })),
    body: (key) => bodies.get(key),
  });
  const { url } = s3;
  const pipeline = tiny(records);
  const { source, entities, maxRejected } = pipeline;
  const plan = {
    source,
    entities: entities.map(({ plan }) => plan),
    maxRejected,
    rawBucket: 'raw',
    lakeBucket: 'lake',
  };
  const given = { run, plan: plan as unknown as Plan };
  const store = memoryStore();
  const of = (over: ObjectStore) =>
    ({
      store: over,
      environment: {},
      settings: { sources: { tiny: url }, sourceLimits: { bytes: 1e9, bytesPerSecond: 1 } },
    }) as unknown as Dependencies;
  const doing = <T>(work: () => Promise<T>) =>
    new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 }, { logger: quietLogger }).run(work) as Promise<T>;
  return {
    store,
    extracted: (spreads?: true, over: ObjectStore = store) =>
      doing(() => extract(of(over))({ ...given, ...(spreads && { spreads }) })),
    range: (range: number, over: ObjectStore = store) => doing(() => extractRange(of(over))({ ...given, range })),
    async parts(): Promise<RawPart[]> {
      const text = Buffer.from(await store.get({ bucket: 'lake', key: 'runs/tiny/r/extract.json' })).toString();
      const parts: RawPart[] = [];
      for await (const some of eachParts(store, JSON.parse(text) as ExtractManifest)) parts.push(...some);
      return parts;
    },
    async validated(part: number, raw: RawPart) {
      const task = { ...given, part, raw, rawBucket: 'raw' };
      const found = await validatePart(task, [pipeline], () => undefined, store);
      const rejected = found.rejected
        ? Buffer.from(await store.get({ bucket: 'lake', key: found.rejected })).toString()
        : '';
      return {
        ...found,
        lines: rejected
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as unknown),
      };
    },
  };
}

const named = (count: number, body: (at: number) => Buffer) =>
  new Map(Array.from({ length: count }, (_, at) => [`d/${String(at).padStart(6, '0')}`, body(at)]));

test('gzipped objects are one part, readable as one file, and each record knows its own', async () => {
  const bodies = named(200, (at) => gzipSync(`{"id":"a${at}"}\n{"id":${at === 30 ? 7 : '"b"'}}`));
  const { extracted, parts, store, validated } = await world(bodies);
  expect(await extracted(true)).toMatchObject({ parts: 1, files: 200 });
  const [raw] = await parts();
  if (!raw) return expect.unreachable();
  expect(raw).toMatchObject({
    gzip: true,
    packed: true,
    key: expect.stringMatching(/part-00000\.ndjson\.gz$/) as string,
  });
  const text = gunzipSync(await store.get({ bucket: 'raw', key: raw.key })).toString();
  expect(text.split('\n').filter(Boolean)).toHaveLength(400);
  const found = await validated(0, raw);
  expect(found.counts).toMatchObject({ records: 400, routed: 400 });
  expect(found.lines).toMatchObject([{ source: 'd/000030', line: 2, offset: 13 }]);
});

test.each<[string, RecordForm, (at: number) => Buffer]>([
  ['documents', { form: 'json' }, (at) => Buffer.from(`[{"id":"${at}"},\n{"id":"x"}]`)],
  ['CSV', { form: 'csv' }, (at) => Buffer.from(`id\n${at}\n"x\ny"`)],
  ['UTF-16', { form: 'ndjson' }, (at) => Buffer.from(`\uFEFF{"id":"${at}"}\n{"id":"x"}`, 'utf16le')],
  ['lines', { form: 'ndjson' }, (at) => Buffer.from(`{"id":"${at}"}\n{"id":"x"}`)],
])('%s of many objects are one part', async (_, form, body) => {
  const { extracted, parts, validated } = await world(named(50, body), form);
  expect(await extracted()).toMatchObject({ parts: 1, files: 50 });
  const [raw] = await parts();
  if (!raw) return expect.unreachable();
  const { counts } = await validated(0, raw);
  expect(counts).toMatchObject({ records: 100, routed: 100 });
});

test('plain, gzipped and zstd objects go into a part each, by what they begin with', async () => {
  const frame = (text: string) =>
    Buffer.concat([
      Buffer.from(`28b52ffd20${text.length.toString(16).padStart(2, '0')}`, 'hex'),
      sized(text.length),
      Buffer.from(text),
    ]);
  const sized = (length: number) => Buffer.from([(length << 3) | 1, length >> 5, 0]);
  const body = (at: number) => {
    const text = `{"id":"${at}"}`;
    return at % 3 === 0 ? gzipSync(text) : at % 3 === 1 ? frame(text) : Buffer.from(text);
  };
  const { extracted, parts, validated } = await world(named(30, body));
  expect(await extracted()).toMatchObject({ parts: 3, files: 30 });
  const found = await Promise.all((await parts()).map((raw, at) => validated(at, raw)));
  expect(found.map(({ counts }) => counts.routed)).toEqual([10, 10, 10]);
});

test('a large CSV is cut after whole rows, each part with the names of the columns', async () => {
  const text = `note,id\n${'x'.repeat(900)},"a\n${'b'.repeat(97)}"\n`;
  const row = text.slice(text.indexOf('\n') + 1);
  const body = Buffer.from(`note,id\n${row.repeat(70_000)}bad\n`);
  const { extracted, parts, validated } = await world(new Map([['d/large', body]]), { form: 'csv' });
  expect(await extracted()).toMatchObject({ parts: 3, files: 1 });
  const found = await Promise.all((await parts()).map((raw, at) => validated(at, raw)));
  expect(found.reduce((sum, { counts }) => sum + counts.routed, 0)).toBe(70_000);
  expect(found[2]?.lines).toMatchObject([{ source: 'd/large', line: 140_002, offset: body.length - 4 }]);
}, 60_000);

/** a store that ends the work at its nth write */
function dying(store: ObjectStore, nth: number): ObjectStore {
  let writes = 0;
  const write = async (work: () => Promise<void>) => {
    if (++writes === nth) throw new Error('the worker was killed');
    await work();
  };
  return { ...store, put: (ref, body) => write(() => store.put(ref, body)) };
}

/** as it is listed: two of these fill a range */
const large = 300 * 1024 * 1024;

test('many objects are cut into ranges; wherever a worker dies each object is there once, and no range is asked for again', async () => {
  const bodies = named(6, (at) => Buffer.from(`{"id":"${at}"}`));
  for (let nth = 1; nth <= 13; nth++) {
    const { store, extracted, range, parts } = await world(bodies, undefined, large);
    const over = dying(store, nth);
    const again = async <T>(work: (over: ObjectStore) => Promise<T>) => work(over).catch(() => work(store));
    const spread = await again((over) => extracted(true, over));
    expect(spread).toMatchObject({ ranges: 3, parts: 0 });
    for (const one of [0, 1, 2]) await again((over) => range(one, over));
    const done: Extracted = await again((over) => extracted(undefined, over));
    expect(done).toMatchObject({ parts: 3, files: 6 });
    const names = (await parts()).flatMap(({ sources }) => sources.map(({ name }) => name));
    expect(names).toEqual([...bodies.keys()]);
    expect(s3?.asked.length).toBeLessThanOrEqual(6 + 2);
  }
}, 60_000);

test('an older workflow, which knows of no ranges, gets all of them from one call', async () => {
  const { extracted } = await world(
    named(6, () => Buffer.from('{"id":"a"}')),
    undefined,
    large,
  );
  expect(await extracted()).toMatchObject({ parts: 3, files: 6 });
});
