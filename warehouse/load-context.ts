import type { Column, EntityPlan } from '../model/columns.js';
import type { RunRef } from '../model/keys.js';
import { ident } from './ddl.js';
import { fileColumns } from '../columns/table-columns.js';
import { literal, timestamp } from './sql.js';
import type { StageTables } from './stage-tables.js';

export interface LoadContext {
  run: RunRef;
  entity: EntityPlan;
  tables: StageTables;
  startedAt: string;
  valid: number;
  rejected: number;
  staged: number;
  /** fewer than the rows where files hold several of a key: `latest` has then been made of them; `append` takes each row for one */
  keys: number;
  /** `replace`: a newer interval had loaded when this load looked */
  isSuperseded?: boolean;
  /** of the records, where the rows of one replace those that it had before: a merge of its own, before them */
  parents?: LoadContext;
}

export const names = ({ run, entity, tables, staged, keys }: LoadContext) => ({
  target: ident(run.pipeline, entity.name),
  staged: ident('stage', tables.staged),
  counts: ident('stage', tables.counts),
  /** one row a key */
  latest: ident('stage', keys < staged ? tables.latest : tables.staged),
});

export function insertFrom(load: LoadContext, from: string): string {
  const all = allColumns(load);
  const values = all.map(({ value }) => value('n'));
  return `INSERT INTO ${names(load).target} (${all.map(({ name }) => ident(name)).join(', ')}) SELECT ${values.join(', ')} FROM ${from} AS n`;
}

/** the target's columns, and what a row of stage gives for each */
function allColumns({ run, entity }: LoadContext) {
  const added = {
    _interval_start: timestamp(run.interval.start),
    _run_id: literal(run.runId),
    _loaded_at: 'GETDATE()',
  };
  return [
    ...fileColumns(entity).map((column) => ({ name: column.name, value: (row: string) => valueOf(column, row) })),
    ...Object.entries(added).map(([name, value]) => ({ name, value: () => value })),
  ];
}

function valueOf({ name, type }: Column, row: string): string {
  return type.kind === 'super' ? `JSON_PARSE(${row}.${ident(name)})` : `${row}.${ident(name)}`;
}
