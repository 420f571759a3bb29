import type { RunRef } from '../model/keys.js';
import type { Loaded } from '../model/plan.js';
import type { Row, Warehouse } from './data-api.js';
import type { LoadCounts } from './load-options.js';
import { binder } from './sql.js';

/** loads of an interval of an entity, by the ledger */
export interface EarlierLoads {
  /** this run's */
  own?: LoadCounts;
  /** those of other runs */
  others: number;
}

export async function earlierLoads(warehouse: Warehouse, run: RunRef, entity: string): Promise<EarlierLoads> {
  const { text, time, parameters } = binder();
  const rows = await warehouse.query(
    `SELECT run_id, status, valid, staged, inserted, updated, deleted
     FROM monitor_db.handler_executions
     WHERE pipeline = ${text(run.pipeline)} AND entity = ${text(entity)} AND interval_start = ${time(run.interval.start)}
     AND status IN ('loaded', 'superseded')`,
    parameters(),
  );
  const own = rows.find((row) => row['run_id'] === run.runId);
  return { ...(own && { own: countsOf(own) }), others: rows.filter((row) => row !== own).length };
}

/** a row of the ledger, or what it is made of */
export function countsOf(row: Row): LoadCounts {
  const count = (name: string) => Number(row[name] ?? 0);
  const outcome: Loaded['outcome'] = row['status'] === 'superseded' ? 'superseded' : 'loaded';
  return {
    outcome,
    valid: count('valid'),
    staged: count('staged'),
    inserted: count('inserted'),
    updated: count('updated'),
    deleted: count('deleted'),
  };
}
