import { gzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { beforeEach, expect, test } from 'vitest';
import { entityTables, type EntityTables } from '../../activities/threads/entity-tables.js';
import { validatePart, type ValidatedPart } from '../../activities/threads/validate-part.js';
import type { RunRef } from '../../model/keys.js';
import type { Plan } from '../../model/plan.js';
import { pipelines } from '../support/pipelines.js';
import { reading } from '../support/readings.js';
import { memoryStore } from '../../testing/memory-store.js';

const run = (pipeline: string): RunRef => ({
  pipeline,
  interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
  workflowId: `${pipeline}-2022-11-24T11:00:00Z`,
  runId: 'run-1',
  trigger: 'manual',
});

let store: ReturnType<typeof memoryStore>;
beforeEach(() => {
  store = memoryStore();
});

async function validated(
  name: string,
  body: string | Uint8Array,
  gzip = false,
  tables?: EntityTables,
): Promise<ValidatedPart> {
  const pipeline = pipelines.find((pipeline) => pipeline.name === name);
  if (!pipeline) throw new Error(name);
  const plan: Plan = {
    source: pipeline.source,
    entities: pipeline.entities.map((entity) => entity.plan),
    lakeBucket: 'lake',
    rawBucket: 'raw',
    maxRejected: pipeline.maxRejected,
    dbtTarget: 'local',
    heartbeatTimeout: 2_000,
  };
  await store.put({ bucket: 'raw', key: 'part' }, body);
  const sources = [
    { name: 'data/one.json', offset: 0, bytes: 100 },
    { name: 'data/two.json', offset: 168, bytes: 300 },
  ];
  const raw = { key: 'part', bytes: body.length, gzip, sources };
  const task = { run: run(name), plan, part: 0, raw, rawBucket: 'raw' };
  return validatePart(task, pipelines, () => undefined, store, tables);
}

const location = (at: string, lat: unknown = 52.5) =>
  JSON.stringify({
    event: 'update',
    on: 'bus',
    at,
    data: { id: 'v1', location: { lat, lng: 13.4, at } },
    operator_id: 'org',
  });

test('every record is counted once: routed, ignored or unparseable', async () => {
  const lines = [
    location('2022-11-24T10:00:00.123Z'),
    '{"event":"register","on":"bus","at":"2022-11-24T10:00:00Z","data":{"id":"v1"},"operator_id":"org"}',
    '{"event":"update","on":"bus"',
    '',
    location('2022-11-24T10:00:01.000Z', 'north'),
  ];
  const { counts, entities } = await validated('minibuses', lines.join('\n'));
  expect(counts).toEqual({ records: 4, routed: 2, ignored: 1, dropped: 0, unparseable: 1 });
  expect(entities['positions']).toMatchObject({ valid: 1, rejected: 1 });
  expect(entities['duties']).toEqual({ valid: 0, rejected: 0, files: [] });
});

test('a rejected record keeps its file, place, reasons and text', async () => {
  const good = location('2022-11-24T10:00:00.123Z');
  const bad = location('2022-11-24T10:00:01.000Z', 'north');
  expect(good.length).toBe(167);
  const { rejected } = await validated('minibuses', `${good}\n${good}\n${bad}\n`);
  const text = new TextDecoder().decode(await store.get({ bucket: 'lake', key: rejected ?? '' }));
  expect(JSON.parse(text)).toMatchObject({
    entity: 'positions',
    source: 'data/two.json',
    line: 2,
    offset: good.length + 1,
    reasons: [expect.stringContaining('data.location.lat')],
    record: bad,
  });
});

test('times keep their milliseconds on the way to Parquet', async () => {
  const { entities } = await validated('minibuses', location('2022-11-24T10:00:00.123Z'));
  const [{ key } = { key: '' }] = entities['positions']?.files ?? [];
  const bytes = await store.get({ bucket: 'lake', key });
  const rows = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
  expect(rows).toEqual([
    {
      event_at: new Date('2022-11-24T10:00:00.123Z'),
      operator_id: 'org',
      bus_id: 'v1',
      latitude: 52.5,
      longitude: 13.4,
      located_at: new Date('2022-11-24T10:00:00.123Z'),
      _row_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    },
  ]);
});

test('a record outside the interval is dropped, its end included', async () => {
  const at = (iso: string) => Date.parse(iso);
  const features = [
    reading('a', at('2022-11-24T10:59:59.999Z')),
    reading('b', at('2022-11-24T11:00:00Z')),
    reading('c', at('2022-11-24T10:00:00Z')),
  ];
  const { counts, entities } = await validated('readings', JSON.stringify({ features }));
  expect(counts).toMatchObject({ records: 3, routed: 2, dropped: 1 });
  expect(entities['readings']).toMatchObject({ valid: 2, rejected: 0 });
});

const aProduct = {
  id: 'l1',
  number: 1,
  name: 'x',
  released: '2022-11-24T10:00:00.000Z',
  upcoming: false,
  in_stock: null,
  maker: null,
  notes: [] as object[],
};

test('a product gives a row to each of its parts, null parts included', async () => {
  const parts = [
    { part: null, quantity: null, spare: null },
    { part: 'b1', quantity: 2, spare: true },
  ];
  const product = { ...aProduct, parts };
  const { entities } = await validated('catalog', JSON.stringify([product]));
  expect(entities['products']).toMatchObject({ valid: 1, rejected: 0 });
  expect(entities['product_parts']).toMatchObject({ valid: 2, rejected: 0 });
});

test('a truncated gzip is an error that names the part, never fewer rows', async () => {
  const whole = gzipSync(
    Array.from({ length: 200 }, (_, at) => location(`2022-11-24T10:00:${String(at % 60).padStart(2, '0')}.000Z`)).join(
      '\n',
    ),
  );
  await expect(validated('minibuses', whole.subarray(0, whole.length - 20), true)).rejects.toMatchObject({
    name: 'UnreadablePart',
    message: expect.stringContaining('part'),
  });
  expect((await validated('minibuses', whole, true)).counts.records).toBe(200);
});

test('the same raw gives byte-equal files, whatever the order of object keys', async () => {
  const one = { ...aProduct, notes: [{ time: 1, reason: 'r' }], parts: [] };
  const other = Object.fromEntries(Object.entries({ ...one, notes: [{ reason: 'r', time: 1 }] }).reverse());
  const files: Uint8Array[] = [];
  for (const product of [one, other]) {
    const { entities } = await validated('catalog', JSON.stringify([product]));
    files.push(await store.get({ bucket: 'lake', key: entities['products']?.files[0]?.key ?? '' }));
  }
  expect(files[0]).toEqual(files[1]);
});

test('a file that cannot be written fails the part', async () => {
  const { put } = store;
  store.put = (ref, body) => (ref.key.endsWith('.parquet') ? refused() : put(ref, body));
  const refused = () => Promise.reject(new Error('the store is full'));
  await expect(validated('minibuses', location('2022-11-24T10:00:00.123Z'))).rejects.toThrow('the store is full');
});

test('parts of one thread share generated code, and nothing that an earlier part left', async () => {
  const tables = entityTables();
  const part = (lines: string[]) => validated('minibuses', lines.join('\n'), false, tables);
  const good = location('2022-11-24T10:00:00.123Z');
  const alone = await validated('minibuses', good);
  // one part has an unknown field, one breaks off with rows that were not written
  const odd = good.replace('"event"', '"odd":1,"event"');
  expect((await part([good, odd])).entities['positions']).toMatchObject({
    valid: 2,
    drift: { unknown: { odd: { count: 1 } } },
  });
  const { put } = store;
  store.put = () => Promise.reject(new Error('the store is full'));
  await expect(part([good, good])).rejects.toThrow('the store is full');
  store.put = put;
  expect((await part([good])).entities).toEqual(alone.entities);
});
