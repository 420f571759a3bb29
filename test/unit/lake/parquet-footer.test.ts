import { expect, test } from 'vitest';
import { checkFooters } from '../../../lake/parquet-footer.js';
import type { Column, ColumnType } from '../../../model/columns.js';
import { fileColumns } from '../../../columns/table-columns.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { parquetOf } from '../../support/parquet-of.js';

const kinds = [
  'smallint',
  'integer',
  'bigint',
  'double',
  'boolean',
  'date',
  'timestamp',
  'timestamptz',
  'super',
] as const;
const types: ColumnType[] = [
  ...kinds.map((kind) => ({ kind })),
  { kind: 'decimal', precision: 12, scale: 2 },
  { kind: 'decimal', precision: 30, scale: 0 },
  { kind: 'varchar', bytes: 8 },
];
const columns: Column[] = types.map((type, at) => ({ name: `c${at}`, path: [`c${at}`], type, nullable: true }));
const store = memoryStore();
const key = 'part-00000.parquet';
const bytes = await parquetOf({ columns, rows: [columns.map(() => ({ value: null, stored: null }))] });
await store.put({ bucket: 'lake', key }, bytes);
const plan = { name: 'x', mode: 'append', columns, key: [], order: [], allowEmpty: false, schemaHash: '' } as const;
const good = fileColumns({ ...plan, key: [], order: [] });
const check = (wanted: Column[], file = {}) =>
  checkFooters(store, 'lake', [{ key, rows: 1, bytes: bytes.length, ...file }], wanted);

test('a file of the schema passes, whatever its types', async () => {
  await expect(check(good)).resolves.toBeUndefined();
});

test.each<[string, (columns: Column[]) => Column[], RegExp]>([
  ['a missing column', (all) => all.slice(1), /13 columns, the schema has 12/],
  [
    'another order',
    ([a, b, ...rest]) => [...(b ? [b] : []), ...(a ? [a] : []), ...rest],
    /column 1 is c0 INT32 INT_16, the schema says c1 INT32/,
  ],
  [
    'another type',
    ([a, ...rest]) => [...(a ? [{ ...a, type: { kind: 'bigint' as const } }] : []), ...rest],
    /column 1 is c0 INT32 INT_16, the schema says c0 INT64/,
  ],
])('%s is refused', async (_, change, told) => {
  await expect(check(change(good))).rejects.toMatchObject({
    name: 'CheckFailed',
    message: expect.stringMatching(told),
  });
});

test('another number of rows is refused', async () => {
  await expect(check(good, { rows: 2 })).rejects.toThrow(/has 1 rows, its manifest says 2; retry from parquet/);
});

test('a file that is cut is refused', async () => {
  await store.put({ bucket: 'lake', key: 'cut' }, bytes.subarray(0, 400));
  await expect(check(good, { key: 'cut', bytes: 400 })).rejects.toMatchObject({ name: 'CheckFailed' });
});
