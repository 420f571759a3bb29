import type { EntityPlan } from '../model/columns.js';
import { partitionValues, type RunRef } from '../model/keys.js';
import { byIntervalName, createByInterval } from '../schema/by-interval.js';
import { createExternal, externalName, externalType, ident } from '../schema/ddl.js';
import { fileColumns } from '../schema/table-columns.js';
import type { Warehouse } from './data-api.js';
import { literal } from './sql.js';

export interface Processed {
  run: RunRef;
  entity: EntityPlan;
  /** names by which a new table is partitioned */
  partitions: string[];
  lakeBucket: string;
  /** key of the folder with the loaded files, a run's that this one may have taken them over from; absent when there are none */
  folder: string | undefined;
}

/** the interval's partition of the external table shows the files that were loaded, and no others; nothing without an external schema */
export async function showProcessed(warehouse: Warehouse, processed: Processed): Promise<void> {
  const { run, entity, folder, lakeBucket } = processed;
  const keyNames = await ensureExternal(warehouse, processed);
  if (!keyNames) return;
  const all = partitionValues(run.interval);
  const values = keyNames.map((name) => ({ name, value: String(name === 'dt' ? all[name] : Number(all[name])) }));
  const table = `ALTER TABLE ${ident('spectrum', externalName(run.pipeline, entity.name))}`;
  const partition = `PARTITION (${values.map(({ name, value }) => `${name}=${name === 'dt' ? literal(value) : value}`).join(', ')})`;
  if (folder !== undefined) {
    const location = literal(`s3://${lakeBucket}/${folder}/`);
    await warehouse.execute([`${table} ADD IF NOT EXISTS ${partition} LOCATION ${location}`]);
    await warehouse.execute([`${table} ${partition} SET LOCATION ${location}`]);
    return;
  }
  // DROP PARTITION has no IF EXISTS
  const found = await warehouse.query(
    `SELECT location FROM svv_external_partitions WHERE schemaname = 'spectrum' AND tablename = :table AND "values" = :values`,
    { table: externalName(run.pipeline, entity.name), values: JSON.stringify(values.map(({ value }) => value)) },
  );
  if (found.length > 0) await warehouse.execute([`${table} DROP ${partition}`]);
}

/** creates the table or adds new columns; tells what it is partitioned by, undefined where there is no external schema */
async function ensureExternal(
  warehouse: Warehouse,
  { run, entity, partitions, lakeBucket }: Processed,
): Promise<string[] | undefined> {
  const name = externalName(run.pipeline, entity.name);
  const rows = await warehouse.query(
    `SELECT c.columnname, c.part_key, c.external_type FROM svv_external_schemas AS s
     LEFT JOIN svv_external_columns AS c ON c.schemaname = s.schemaname AND c.tablename = :table
     WHERE s.schemaname = 'spectrum' ORDER BY c.columnnum`,
    { table: name },
  );
  if (rows.length === 0) return undefined;
  const columns = rows.flatMap(({ columnname, part_key: key, external_type: type }) =>
    columnname === null ? [] : [{ name: String(columnname), isKey: Number(key) > 0, type: String(type) }],
  );
  const view = ident(run.pipeline, byIntervalName(entity.name));
  // earlier versions declared text for the bytes of a SUPER column, which nobody can read
  const isUnreadable = entity.columns.some(
    ({ name, type }) =>
      type.kind === 'super' && columns.some((column) => column.name === name && /char/.test(column.type)),
  );
  if (isUnreadable) {
    await warehouse.execute([`DROP VIEW IF EXISTS ${view}`]);
    await warehouse.execute([`DROP TABLE ${ident('spectrum', name)}`]);
  }
  const found = isUnreadable ? [] : columns;
  const keyNames = found.length > 0 ? found.filter(({ isKey }) => isKey).map(({ name }) => name) : partitions;
  if (found.length === 0) {
    await warehouse.execute([createExternal(run.pipeline, entity, partitions, lakeBucket)]);
  }
  const missing = fileColumns(entity).filter(
    (column) => found.length > 0 && !found.some(({ name }) => name === column.name),
  );
  // its columns are those that it was made with: first, so that what breaks off here is mended by the next load
  if (missing.length > 0) await warehouse.execute([`DROP VIEW IF EXISTS ${view}`]);
  for (const column of missing) {
    const definition = `${ident(column.name)} ${externalType(column.type)}`;
    await warehouse.execute([`ALTER TABLE ${ident('spectrum', name)} ADD COLUMN ${definition}`]);
  }
  const views = await warehouse.query(
    'SELECT table_name FROM svv_tables WHERE table_schema = :pipeline AND table_name = :view',
    { pipeline: run.pipeline, view: byIntervalName(entity.name) },
  );
  if (views.length === 0) await warehouse.execute([createByInterval(run.pipeline, entity, keyNames)]);
  return keyNames;
}
