import type { RunRef } from '../model/keys.js';
import type { Warehouse } from './data-api.js';

/** ids of the runs that loaded an interval of an entity last, newest first */
export async function newestLoads(warehouse: Warehouse, run: RunRef, entity: string): Promise<string[]> {
  const rows = await warehouse.query(
    `SELECT run_id FROM monitor_db.handler_executions
     WHERE pipeline = :pipeline AND entity = :entity AND interval_start = CAST(:start AS TIMESTAMP) AND status = 'loaded'
     ORDER BY finished_at DESC, run_id LIMIT 2`,
    { pipeline: run.pipeline, entity, start: run.interval.start.slice(0, 19).replace('T', ' ') },
  );
  return rows.map((row) => String(row['run_id']));
}

/** entities that a run has loaded */
export async function entitiesLoadedBy(warehouse: Warehouse, run: RunRef): Promise<string[]> {
  const rows = await warehouse.query(
    `SELECT DISTINCT entity FROM monitor_db.handler_executions
     WHERE pipeline = :pipeline AND run_id = :run AND status = 'loaded'`,
    { pipeline: run.pipeline, run: run.runId },
  );
  return rows.map((row) => String(row['entity']));
}
