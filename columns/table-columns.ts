import type { Column, EntityPlan } from '../model/columns.js';

const rowId: Column = {
  name: '_row_id',
  path: [],
  type: { kind: 'varchar', bytes: 32 },
  nullable: false,
  description: 'hash of the key',
};

export const recordColumn: Column = {
  name: '_record',
  path: [],
  type: { kind: 'varchar', bytes: 32 },
  nullable: false,
  description: 'hash of the rows that came with it in one record',
};

/** columns that the load adds, so that the Parquet depends on the data alone */
const loadColumns: Column[] = [
  {
    name: '_interval_start',
    path: [],
    type: { kind: 'timestamp' },
    nullable: false,
    description: 'start of the interval that loaded it, UTC',
  },
  {
    name: '_run_id',
    path: [],
    type: { kind: 'varchar', bytes: 64 },
    nullable: false,
    description: 'run that loaded it',
  },
  {
    name: '_loaded_at',
    path: [],
    type: { kind: 'timestamp' },
    nullable: false,
    description: 'when it was loaded, UTC',
  },
];

/** columns of an entity's files, in their order */
export function fileColumns(entity: EntityPlan): Column[] {
  return [...entity.columns, rowId, ...(entity.parentKey ? [recordColumn] : [])];
}

/** columns of an entity's table, in the order in which it is created */
export function targetColumns(entity: EntityPlan): Column[] {
  return [...fileColumns(entity), ...loadColumns];
}
