import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Grid } from '../../../model/interval.js';
import { gridPartitions } from '../../../model/keys.js';
import { addExternal, createExternal, createTarget } from '../../../warehouse/ddl.js';
import { defineEntity } from '../../../define/entity.js';

const { plan } = defineEntity({
  name: 'events',
  mode: 'merge',
  key: ['id'],
  schema: z.object({
    id: z.string().meta({ bytes: 8 }),
    order: z.int32().meta({ sortKey: 2 }),
    at: z.iso.datetime({ offset: true }).meta({ timezone: true, sortKey: 1 }),
    tenant: z.string().meta({ bytes: 8, distKey: true }).nullable(),
    tags: z.array(z.string()),
  }),
});

test('a table is distributed and sorted by the columns that say so', () => {
  const sql = createTarget('app', plan).at(-1) ?? '';
  expect(sql).toContain('"order" INTEGER NOT NULL');
  expect(sql).toContain('"tags" SUPER NOT NULL');
  expect(sql).toMatch(/DISTKEY \("tenant"\) SORTKEY \("at", "order"\)$/);
});

test('without such columns by the hash of the key and the interval', () => {
  const plain = defineEntity({ name: 'e', mode: 'append', schema: z.object({ a: z.int() }) }).plan;
  expect(createTarget('app', plain).at(-1)).toMatch(/DISTKEY \("_row_id"\) SORTKEY \("_interval_start"\)$/);
});

test('an external table has neither SUPER nor TIMESTAMPTZ nor NOT NULL; bytes of JSON come last', () => {
  const tags = plan.columns.filter(({ name }) => name === 'tags');
  expect(tags.map((column) => addExternal('app', 'events', column))).toEqual([
    'ALTER TABLE "spectrum"."app_events" ADD COLUMN "tags" VARBYTE(16777216)',
  ]);
  expect(createExternal('app', plan, ['dt', 'hr'], 'lake')).toBe(
    [
      'CREATE EXTERNAL TABLE "spectrum"."app_events" (',
      '  "id" VARCHAR(8),',
      '  "order" INTEGER,',
      '  "at" TIMESTAMP,',
      '  "tenant" VARCHAR(8),',
      '  "_row_id" VARCHAR(32)',
      ') PARTITIONED BY (dt DATE, hr SMALLINT)',
      'STORED AS PARQUET',
      "LOCATION 's3://lake/processed/app/events/'",
    ].join('\n'),
  );
});

test.each<[Grid, string[]]>([
  [{ every: 86_400_000, offset: 0 }, ['dt']],
  [{ every: 3_600_000, offset: 0 }, ['dt', 'hr']],
  [{ every: 900_000, offset: 0 }, ['dt', 'hr', 'min']],
  [{ cron: '0 6 * * 1-5', offset: 0 }, ['dt']],
  [{ cron: '0 6,18 * * *', offset: 0 }, ['dt', 'hr']],
])('a grid of %j is parted by %j', (grid, names) => {
  expect(gridPartitions(grid)).toEqual(names);
});
