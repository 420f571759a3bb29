import { createHash } from 'node:crypto';
import type { RunRef } from '../model/keys.js';
import type { Warehouse } from './data-api.js';
import { ident } from '../schema/ddl.js';

const hash = (text: string, digits: number) => createHash('sha256').update(text).digest('hex').slice(0, digits);

/** what the names of all stage tables of an interval begin with, whichever run made them */
const intervalPrefix = ({ pipeline, interval }: RunRef) =>
  `${pipeline.slice(0, 20)}_${hash(`${pipeline}:${interval.end}`, 10)}_`;

export interface StageTables {
  /** rows as they are in the files */
  staged: string;
  /** one row a key, when the files have more */
  latest: string;
  /** one row: what the load does to the target */
  counts: string;
}

/** at most 63 bytes each, and each run's own */
export function stageTables(run: RunRef, entity: string): StageTables {
  const own = `${intervalPrefix(run)}${entity.slice(0, 12)}_${hash(`${run.runId}:${entity}`, 10)}`;
  return { staged: own, latest: `${own}_latest`, counts: `${own}_counts` };
}

/** drops what runs of the interval left: the caller's own, which ends, and those of runs that were terminated */
export async function sweepStage(warehouse: Warehouse, run: RunRef): Promise<void> {
  const prefix = intervalPrefix(run);
  const found = await warehouse.query(
    `SELECT table_name FROM svv_tables WHERE table_schema = 'stage' AND SUBSTRING(table_name, 1, ${prefix.length}) = :prefix`,
    { prefix },
  );
  for (const { table_name: name } of found) {
    await warehouse.execute([`DROP TABLE IF EXISTS ${ident('stage', String(name))}`]);
  }
}
