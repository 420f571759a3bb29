import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { joinFiles } from '../../../activities/threads/join-files.js';
import { partFiles } from '../../../activities/threads/part-files.js';
import { fileColumns } from '../../../columns/table-columns.js';
import { checkFooters } from '../../../lake/parquet-footer.js';
import type { EntityPlan } from '../../../model/columns.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { rowBatch } from '../../../validate/row-batch.js';
import { z } from 'zod';
import { defineEntity } from '../../../define/entity.js';

const { plan } = defineEntity({
  name: 'wide',
  mode: 'append',
  schema: z.object({
    id: z.int(),
    price: z.number().meta({ decimal: [38, 18] }),
    note: z.string().nullish(),
    at: z.iso.datetime(),
    day: z.iso.date(),
    tags: z.array(z.string()),
  }),
}) as { plan: EntityPlan };
const form = { columns: fileColumns(plan), codec: 'snappy' as const };

async function written(store: ReturnType<typeof memoryStore>, part: number, ids: number[]) {
  const files = partFiles({
    store,
    bucket: 'lake',
    form,
    key: (file) => `processed/${part}-${file}`,
    waitingKey: (file) => `stage/${part}-${file}`,
  });
  const batch = rowBatch(plan);
  for (const id of ids) {
    batch.append(
      id,
      BigInt(id) * 10n ** 18n,
      id % 2 ? null : `note ${id}`,
      1_000_000n * BigInt(id),
      id,
      '["a"]',
      `r${id}`,
    );
    if (batch.rows() === 2) await files.add(batch.take(), 2);
  }
  const rows = batch.rows();
  if (rows > 0) await files.add(batch.take(), rows);
  return files.close();
}

test('small files of several parts become one, with every row as it was, in order', async () => {
  const store = memoryStore();
  const small = [
    ...(await written(store, 0, [1, 2, 3])),
    ...(await written(store, 1, [4])),
    ...(await written(store, 2, [])),
  ];
  expect(small.map(({ key, rows, waits }) => ({ key, rows, waits }))).toEqual([
    { key: 'stage/0-0', rows: 3, waits: true },
    { key: 'stage/1-0', rows: 1, waits: true },
  ]);
  const joined = await joinFiles(
    { bucket: 'lake', files: small, key: 'processed/joined', form },
    () => undefined,
    store,
  );
  expect(joined).toMatchObject({ key: 'processed/joined', rows: 4 });
  await checkFooters(store, 'lake', [joined], form.columns);
  const read = async (key: string) =>
    parquetReadObjects({ file: Uint8Array.from(await store.get({ bucket: 'lake', key })).buffer });
  expect(await read('processed/joined')).toEqual([...(await read('stage/0-0')), ...(await read('stage/1-0'))]);
});

test('a file that grows beyond what waits is published by its part', async () => {
  const store = memoryStore();
  const files = partFiles({
    store,
    bucket: 'lake',
    form: { ...form, groupBytes: 1024 * 1024 },
    key: (file) => `processed/${file}`,
    waitingKey: (file) => `stage/${file}`,
  });
  const batch = rowBatch(plan);
  for (let id = 0; id < 400_000; id++) {
    batch.append(id, BigInt(id), `${Math.random()}${Math.random()}`, BigInt(id), id % 10_000, '[]', String(id));
    if (batch.rows() === 16_384) await files.add(batch.take(), 16_384);
  }
  const rest = batch.rows();
  await files.add(batch.take(), rest);
  const [first, ...others] = await files.close();
  expect(first?.key).toBe('processed/0');
  expect([first, ...others].reduce((sum, file) => sum + (file?.rows ?? 0), 0)).toBe(400_000);
});
