import { expect, test } from 'vitest';
import { z } from 'zod';
import { sqlType } from '../../../warehouse/ddl.js';
import { defineEntity } from '../../../define/entity.js';
import { targetColumns } from '../../../columns/table-columns.js';
import { compareTable, type TableColumn } from '../../../warehouse/compare-table.js';

const { plan } = defineEntity({
  name: 'things',
  mode: 'merge',
  key: ['id'],
  schema: z.object({
    id: z.string().meta({ bytes: 20 }),
    fare: z
      .string()
      .meta({ decimal: [12, 2] })
      .nullable(),
    note: z.string().meta({ bytes: 40 }).nullable(),
    count: z.int().nullable(),
  }),
});

/** the table as its first load makes it, but for one column */
function tableWith(name: string, change: Partial<TableColumn> | undefined): TableColumn[] {
  const made = targetColumns(plan).map(({ name, type, nullable }) => ({ name, type: sqlType(type), nullable }));
  const known = made.some((column) => column.name === name) ? made : [...made, { name, type: '?', nullable: true }];
  return known.flatMap((column) => (column.name !== name ? [column] : change ? [{ ...column, ...change }] : []));
}

const told = (found: TableColumn[]) => {
  const { additions, widenings, problems } = compareTable(found, plan);
  return {
    ...(additions.length > 0 && { add: additions.map(({ name }) => name) }),
    ...(widenings.length > 0 && { widen: widenings.map(({ column, from }) => [column.name, from]) }),
    ...(problems.length > 0 && { problems }),
  };
};

test.each<[string, Partial<TableColumn> | undefined, object]>([
  ['note', {}, {}],
  ['note', undefined, { add: ['note'] }],
  ['note', { type: 'VARCHAR(39)' }, { widen: [['note', 'VARCHAR(39)']] }],
  ['id', { type: 'VARCHAR(10)' }, { widen: [['id', 'VARCHAR(10)']] }],
  [
    'note',
    { type: 'VARCHAR(41)' },
    { problems: ['column note is VARCHAR(41) in the table and VARCHAR(40) in the schema'] },
  ],
  ['note', { type: 'CHAR(10)' }, { problems: ['column note is CHAR(10) in the table and VARCHAR(40) in the schema'] }],
  [
    'fare',
    { type: 'DECIMAL(10, 2)' },
    { problems: ['column fare is DECIMAL(10, 2) in the table and DECIMAL(12, 2) in the schema'] },
  ],
  ['count', { type: 'INTEGER' }, { problems: ['column count is INTEGER in the table and BIGINT in the schema'] }],
  [
    'count',
    { nullable: false },
    { problems: ['column count is BIGINT NOT NULL in the table and BIGINT in the schema'] },
  ],
  ['id', { nullable: true }, {}],
  ['id', undefined, { problems: ['column id is not in the table and VARCHAR(20) NOT NULL in the schema'] }],
  ['_run_id', undefined, { problems: ['column _run_id is not in the table and VARCHAR(64) NOT NULL in the schema'] }],
  ['old', { type: 'DATE' }, { problems: ['column old is DATE in the table and not in the schema'] }],
])('%s as %j in the table', (name, change, expected) => {
  expect(told(tableWith(name, change))).toEqual(expected);
});

test('several differences are told together', () => {
  const found = tableWith('note', { type: 'VARCHAR(8)' }).filter(({ name }) => name !== 'count' && name !== 'id');
  expect(told(found)).toEqual({
    add: ['count'],
    widen: [['note', 'VARCHAR(8)']],
    problems: ['column id is not in the table and VARCHAR(20) NOT NULL in the schema'],
  });
});
