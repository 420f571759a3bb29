import type { Column, EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import type { RunRef } from '../model/keys.js';
import { byIntervalName } from '../columns/parents.js';
import { createByInterval } from './by-interval.js';
import { addExternal, createExternal, externalName, ident } from './ddl.js';
import { fileColumns } from '../columns/table-columns.js';
import type { Row, Warehouse } from './data-api.js';

interface Wanted {
  run: RunRef;
  entity: EntityPlan;
  /** names by which a new table is partitioned */
  partitions: string[];
  lakeBucket: string;
}

/** creates table and view, or adds new columns; what the table is partitioned by, undefined without an external schema */
export async function ensureExternal(warehouse: Warehouse, wanted: Wanted): Promise<string[] | undefined> {
  const { run, entity, partitions, lakeBucket } = wanted;
  const table = externalName(run.pipeline, entity.name);
  const rows = await warehouse.query(
    `SELECT c.columnname, c.external_type, c.part_key FROM svv_external_schemas AS s
     LEFT JOIN svv_external_columns AS c ON c.schemaname = s.schemaname AND c.tablename = :table
     WHERE s.schemaname = 'spectrum' ORDER BY c.columnnum`,
    { table },
  );
  if (rows.length === 0) return undefined;
  const found = rows.filter(({ columnname }) => columnname !== null);
  const isNew = found.length === 0;
  if (isNew) await warehouse.execute([createExternal(run.pipeline, entity, partitions, lakeBucket)]);

  const columns = fileColumns(entity);
  const asText = columns.filter((column) => isKeptAsText(column, found));
  const missing = columns.filter(
    (column) =>
      asText.includes(column) ||
      (isNew ? column.type.kind === 'super' : !found.some(({ columnname }) => columnname === column.name)),
  );
  const view = ident(run.pipeline, byIntervalName(entity.name));
  // its columns are those that it was made with: first, so that what breaks off here is mended by the next load
  if (missing.length > 0) await warehouse.execute([`DROP VIEW IF EXISTS ${view}`]);
  for (const column of asText) await drop(warehouse, table, column);
  const lacking: Column[] = [];
  for (const column of missing) {
    if (!(await add(warehouse, wanted, column))) lacking.push(column);
  }

  const keys = found.filter(({ part_key: key }) => Number(key) > 0).map(({ columnname }) => String(columnname));
  const keyNames = isNew ? partitions : keys;
  const views = await warehouse.query(
    'SELECT table_name FROM svv_tables WHERE table_schema = :pipeline AND table_name = :view',
    { pipeline: run.pipeline, view: byIntervalName(entity.name) },
  );
  const shown = columns.filter((column) => !lacking.includes(column));
  if (views.length === 0) await warehouse.execute([createByInterval(run.pipeline, entity, keyNames, shown)]);
  return keyNames;
}

/** tables of earlier versions have VARCHAR over the bytes of a SUPER column, which no query can read */
function isKeptAsText({ name, type }: Column, found: Row[]): boolean {
  const kept = found.find(({ columnname }) => columnname === name)?.['external_type'];
  return type.kind === 'super' && /^(varchar|string|char)/i.test(String(kept));
}

/** the files stay as they are, and so do the partitions */
async function drop(warehouse: Warehouse, table: string, { name }: Column): Promise<void> {
  try {
    await warehouse.execute([`ALTER TABLE ${ident('spectrum', table)} DROP COLUMN ${ident(name)}`]);
  } catch (error) {
    // another load of the entity was first
    if (!(error instanceof Error) || !/does not exist/.test(error.message)) throw error;
  }
}

/**
 * whether the table has the column now; AWS's pages disagree on VARBYTE in a partitioned table:
 * where it is refused, table and view go without, and the load is none the worse
 */
async function add(warehouse: Warehouse, { run, entity }: Wanted, column: Column): Promise<boolean> {
  try {
    await warehouse.execute([addExternal(run.pipeline, entity.name, column)]);
    return true;
  } catch (error) {
    if (column.type.kind === 'super' && isRefusal(error)) return false;
    throw error;
  }
}

/** of a type, not of a right; behind the reason the message has the statement */
function isRefusal(error: unknown): boolean {
  const [reason = ''] = error instanceof TerminalError ? error.message.split(' (statement ') : [];
  return /varbyte|binary|not supported|unsupported/i.test(reason);
}
