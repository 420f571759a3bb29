import type { Interval } from '../model/interval.js';
import type { Row, Warehouse } from '../warehouse/data-api.js';
import { refuse } from './failure.js';

const isoText = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** end of the newest loaded interval, epoch ms */
export function loadedUpTo(warehouse: Warehouse, pipeline: string): Promise<number | undefined> {
  return newestEnd(warehouse, pipeline, `run_executions_latest where status = 'completed'`);
}

/** end of the newest interval whose raw is in the lake, epoch ms */
export function ingestedUpTo(warehouse: Warehouse, pipeline: string): Promise<number | undefined> {
  return newestEnd(warehouse, pipeline, `ingestor_executions where status = 'extracted'`);
}

async function newestEnd(warehouse: Warehouse, pipeline: string, rows: string): Promise<number | undefined> {
  const [row] = await ledgerRows(
    warehouse,
    `select ${isoText('max(interval_end)')} as newest from monitor_db.${rows} and pipeline = :pipeline`,
    { pipeline },
  );
  const text = row?.['newest'];
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
