import type { EntityPlan } from '../model/columns.js';
import { partitionValues, type RunRef } from '../model/keys.js';
import { externalName, ident } from './ddl.js';
import type { Warehouse } from './data-api.js';
import { ensureExternal } from './external-table.js';
import type { KnownTables } from './known-tables.js';
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
export async function showProcessed(
  warehouse: Warehouse,
  processed: Processed,
  known: KnownTables = {},
): Promise<void> {
  const { run, entity, folder, lakeBucket } = processed;
  const keyNames = known.partitions ?? (await ensureExternal(warehouse, processed));
  if (!keyNames) return;
  known.partitions = keyNames;
  const all = partitionValues(run.interval);
  const values = keyNames.map((name) => ({ name, value: String(name === 'dt' ? all[name] : Number(all[name])) }));
  const table = `ALTER TABLE ${ident('spectrum', externalName(run.pipeline, entity.name))}`;
  const partition = `PARTITION (${values.map(({ name, value }) => `${name}=${name === 'dt' ? literal(value) : value}`).join(', ')})`;
  if (folder !== undefined) {
    const location = literal(`s3://${lakeBucket}/${folder}/`);
    // new in most runs; where it is not, whatever refused it, only the other takes effect
    await warehouse.execute([`${table} ADD ${partition} LOCATION ${location}`]).catch(async (refusal: unknown) => {
      await warehouse.execute([`${table} ${partition} SET LOCATION ${location}`]).catch(() => {
        throw refusal;
      });
    });
    return;
  }
  // DROP PARTITION has no IF EXISTS
  const found = await warehouse.query(
    `SELECT location FROM svv_external_partitions WHERE schemaname = 'spectrum' AND tablename = :table AND "values" = :values`,
    { table: externalName(run.pipeline, entity.name), values: JSON.stringify(values.map(({ value }) => value)) },
  );
  if (found.length > 0) await warehouse.execute([`${table} DROP ${partition}`]);
}
