import type { Interval } from '../model/interval.js';
import type { Row, Warehouse } from '../warehouse/data-api.js';
import { refuse } from './failure.js';

const isoText = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** end of the newest loaded interval, epoch ms */
export async function loadedUpTo(warehouse: Warehouse, pipeline: string): Promise<number | undefined> {
  const [row] = await ledgerRows(
    warehouse,
    `select ${isoText('max(interval_end)')} as loaded_up_to from monitor_db.run_executions_latest where pipeline = :pipeline and status = 'completed'`,
    { pipeline },
  );
  const text = row?.['loaded_up_to'];
  return typeof text === 'string' && text ? Date.parse(text) : undefined;
}

/** run id that loaded the interval, if its latest run did */
export async function loadedBy(
  warehouse: Warehouse,
  pipeline: string,
  interval: Interval,
): Promise<string | undefined> {
  const [row] = await ledgerRows(
    warehouse,
    `select run_id from monitor_db.run_executions_latest where pipeline = :pipeline and interval_end = cast(:interval_end as timestamp) and status = 'completed'`,
    { pipeline, interval_end: interval.end.replace('T', ' ').replace('Z', '') },
  );
  return row ? String(row['run_id']) : undefined;
}

/** the rows of one run in each table of the ledger */
export async function runRows(warehouse: Warehouse, runId: string): Promise<Record<string, Row[]>> {
  const tables = ['ingestor_executions', 'handler_executions', 'run_executions'];
  const found = await Promise.all(
    tables.map((table) =>
      ledgerRows(warehouse, `select * from monitor_db.${table} where run_id = :run_id order by finished_at`, {
        run_id: runId,
      }),
    ),
  );
  return Object.fromEntries(tables.map((table, at) => [table, found[at] ?? []]));
}

async function ledgerRows(warehouse: Warehouse, sql: string, parameters: Record<string, string>): Promise<Row[]> {
  try {
    return await warehouse.query(sql, parameters);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/monitor_db[^ ]* does not exist/.test(message)) refuse('the warehouse has no ledger yet: `waterclock setup`');
    throw error;
  }
}
