import { beforeEach, expect, test } from 'vitest';
import { reuse, type Reusing } from '../../../activities/reuse.js';
import { putJson } from '../../../lake/object-store.js';
import { keys, type RunRef } from '../../../model/keys.js';
import { pipelines } from '../../support/pipelines.js';
import { memoryStore } from '../../../testing/memory-store.js';

const run: RunRef = {
  pipeline: 'minibuses',
  interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
  workflowId: 'minibuses-2022-11-24T11:00:00Z',
  runId: 'now',
  trigger: 'manual',
};
const earlier = { ...run, runId: 'earlier' };
const all = pipelines.find(({ name }) => name === 'minibuses')?.entities.map(({ plan }) => plan) ?? [];
const names = all.map(({ name }) => name);

let store: ReturnType<typeof memoryStore>;
beforeEach(async () => {
  store = memoryStore();
  await put('raw', 'x');
  await put('written', 'x');
  await put('file', 'x');
  await put('written of records', 'x');
  await put('file of records', 'x');
  await manifest('extract', { bucket: 'lake', parts: [{ key: 'raw' }], files: 1, bytes: 1 });
  const staged = all.map(({ name, schemaHash }) => [
    name,
    { valid: 1, rejected: 0, schemaHash, files: [{ key: 'written' }], parents: [{ key: 'written of records' }] },
  ]);
  await manifest('validate', { bucket: 'lake', counts: { records: 1 }, entities: Object.fromEntries(staged) });
  for (const name of names) {
    const files = (key: string) => ({ rows: 1, files: [{ key, rows: 1, bytes: 1 }] });
    await manifest('parquet', { bucket: 'lake', ...files('file'), parents: files('file of records') }, name);
    await manifest('copy', { outcome: 'loaded' }, name);
  }
});

const put = (key: string, body: string) => store.put({ bucket: 'lake', key }, body);
const manifest = (step: string, value: object, entity?: string) =>
  putJson(store, { bucket: 'lake', key: keys.step(earlier, step, entity) }, { step, run: earlier, ...value });
const lose = (key: string) => store.delete({ bucket: 'lake', key });
const taken = (changes: Partial<Reusing>) =>
  reuse(store, { run, source: 'earlier', from: 'copy', entities: all, others: [], lakeBucket: 'lake', ...changes });

test('the manifests of the steps before are written under the new run, and name it', async () => {
  const found = await taken({ from: 'parquet' });
  expect(found.extracted?.manifest.key).toBe('runs/minibuses/now/extract.json');
  expect(store.keys().filter((key) => key.includes('/now/'))).toEqual([
    'lake/runs/minibuses/now/extract.json',
    'lake/runs/minibuses/now/validate.json',
  ]);
  const copied = await store.get({ bucket: 'lake', key: 'runs/minibuses/now/extract.json' });
  expect(JSON.parse(new TextDecoder().decode(copied))).toMatchObject({ run, parts: [{ key: 'raw' }] });
});

test('taken over again, it is the same', async () => {
  expect(await taken({})).toEqual(await taken({}));
});

test.each([
  ['validate', 'raw', 'retry from extract'],
  ['parquet', 'written', 'retry from validate'],
  ['parquet', 'written of records', 'retry from validate'],
  ['copy', 'file', 'retry from parquet'],
  ['copy', 'file of records', 'retry from parquet'],
  ['validate', 'runs/minibuses/earlier/extract.json', 'retry from extract'],
  ['copy', 'runs/minibuses/earlier/validate.json', 'retry from validate'],
  ['copy', `runs/minibuses/earlier/parquet.${names[0]}.json`, 'retry from parquet'],
  ['dbt', `runs/minibuses/earlier/copy.${names[0]}.json`, 'retry from copy'],
] as const)('from %s without %s: the error names it and says %s', async (from, lost, told) => {
  lose(lost);
  await expect(taken({ from })).rejects.toMatchObject({
    name: 'ManifestMissing',
    message: expect.stringMatching(`${lost}.*${told}`) as string,
  });
});

test('what an earlier step left behind is not needed any more', async () => {
  lose('raw');
  lose('written');
  expect(Object.keys((await taken({ from: 'copy' })).encoded ?? {})).toEqual(names);
});

test.each(['parquet', 'copy'] as const)(
  'rows that another schema validated are not taken over from %s',
  async (from) => {
    const edited = all.map((entity) => ({ ...entity, schemaHash: 'edited' }));
    await expect(taken({ from, entities: edited })).rejects.toMatchObject({
      name: 'SchemaMismatch',
      message: expect.stringMatching(
        /was edited since the run earlier: --from-step copy and --from-step parquet would .*; retry from validate/,
      ) as string,
    });
    expect((await taken({ from: 'validate', entities: edited })).extracted).toBeDefined();
  },
);

test('of the entities that are left alone, those are known that the earlier run loaded', async () => {
  const [asked, ...others] = all;
  const one = { entities: asked ? [asked] : [], others: others.map(({ name }) => name) };
  expect((await taken({ from: 'validate', ...one })).loaded).toEqual(one.others);
  lose(keys.step(earlier, 'copy', one.others[0]));
  expect((await taken({ from: 'validate', ...one })).loaded).toEqual([]);
});
