import { expect, test } from 'vitest';
import { z } from 'zod';
import { TerminalError } from '../../../model/errors.js';
import { defineEntity } from '../../../define/entity.js';
import type { Row, Warehouse } from '../../../warehouse/data-api.js';
import { ensureExternal } from '../../../warehouse/external-table.js';

const { plan: entity } = defineEntity({
  name: 'bags',
  mode: 'append',
  schema: z.object({ bag: z.array(z.int()), id: z.int32() }),
});
const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const run = { pipeline: 'app', interval, workflowId: 'app-1', runId: 'r', trigger: 'manual' as const };
const wanted = { run, entity, partitions: ['dt', 'hr'], lakeBucket: 'lake' };

const column = (columnname: string | null, external_type = 'integer', part_key = 0): Row => ({
  columnname,
  external_type,
  part_key,
});
const keys = [column('dt', 'date', 1), column('hr', 'smallint', 2)];

/** what was executed, on a warehouse that has these columns; `refuse` gives its reason against a statement */
async function executed(
  columns: Row[],
  hasView: boolean,
  refuse: (sql: string) => string | undefined = () => undefined,
) {
  const statements: string[] = [];
  let isThere = hasView;
  const warehouse: Warehouse = {
    query: async (sql) =>
      sql.includes('svv_tables') ? (isThere ? [{ table_name: 'bags_by_interval' }] : []) : columns,
    async execute([sql = '']) {
      const reason = refuse(sql);
      if (reason)
        throw new TerminalError('WarehouseRejected', `the warehouse answered FAILED: ${reason} (statement 1: ${sql})`);
      statements.push(sql);
      if (sql.startsWith('DROP VIEW')) isThere = false;
      return {};
    },
  };
  const keyNames = await ensureExternal(warehouse, wanted);
  return { statements, keyNames };
}

const add = 'ALTER TABLE "spectrum"."app_bags" ADD COLUMN "bag" VARBYTE(16777216)';
const view = expect.stringMatching(
  /^CREATE VIEW .* SELECT JSON_PARSE\("bag"\) AS "bag", "id", "_row_id", "dt", "hr" FROM/,
);
const viewWithout = expect.stringMatching(/^CREATE VIEW .* SELECT "id", "_row_id", "dt", "hr" FROM/);
const drop = 'DROP VIEW IF EXISTS "app"."bags_by_interval"';

test('a new table gets its SUPER columns as bytes', async () => {
  const create = expect.stringMatching(/^CREATE EXTERNAL TABLE/);
  const { statements, keyNames } = await executed([column(null)], false);
  expect(statements).toEqual([create, drop, add, view]);
  expect(keyNames).toEqual(['dt', 'hr']);
});

test('one that is as it should be is left alone', async () => {
  const found = [column('id'), column('_row_id'), column('bag', 'binary'), ...keys];
  expect(await executed(found, true)).toEqual({ statements: [], keyNames: ['dt', 'hr'] });
});

test('a column of an earlier version is put in place, and the view over it', async () => {
  const found = [column('bag', 'varchar(65535)'), column('id'), column('_row_id'), ...keys];
  const dropColumn = 'ALTER TABLE "spectrum"."app_bags" DROP COLUMN "bag"';
  expect((await executed(found, true)).statements).toEqual([drop, dropColumn, add, view]);
  // another load was there between the look and the statement
  const gone = await executed(found, true, (sql) =>
    sql === dropColumn ? 'ERROR: column "bag" of relation "app_bags" does not exist' : undefined,
  );
  expect(gone.statements).toEqual([drop, add, view]);
});

test('where Spectrum refuses the type, table and view go without the column', async () => {
  const found = [column('id'), column('_row_id'), ...keys];
  const refusal = 'ERROR: VARBYTE is not supported in partitioned external tables';
  const { statements } = await executed(found, true, (sql) => (sql === add ? refusal : undefined));
  expect(statements).toEqual([drop, viewWithout]);
});

test('another refusal is not passed over', async () => {
  const denied = (sql: string) => (sql === add ? 'ERROR: permission denied for schema spectrum' : undefined);
  await expect(executed([column('id'), column('_row_id'), ...keys], true, denied)).rejects.toThrow(/permission denied/);
});
