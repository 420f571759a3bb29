import type { Interval } from '../model/interval.js';
import type { Params } from '../model/params.js';
import type { StepOutcome } from '../model/step-outcome.js';
import type { Row, Warehouse } from './data-api.js';
import { TerminalError } from '../model/errors.js';
import type { RunRow, Wanted } from '../model/run-row.js';
import type { RunWord } from '../model/run-statuses.js';

const isoText = (column: string, seconds = 'SS') => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:${seconds}"Z"')`;

/** end of the newest interval that loaded or was marked as done, epoch ms */
export function loadedUpTo(warehouse: Warehouse, pipeline: string): Promise<number | undefined> {
  return newestEnd(warehouse, pipeline, `run_executions_latest where status in ('completed', 'marked')`);
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
export async function rowsOfRun(warehouse: Warehouse, runId: string): Promise<Record<string, Row[]>> {
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
    if (/monitor_db[^ ]* does not exist/.test(message))
      throw new TerminalError('LedgerMissing', 'the warehouse has no ledger yet');
    throw error;
  }
}

/** runs that closed, newest first */
export async function ledgerRuns(
  warehouse: Warehouse,
  wanted: Wanted & { run?: string | undefined; runId?: string | undefined },
): Promise<RunRow[]> {
  const { run, runId, pipeline, pipelines, status, from, to, limit } = wanted;
  const given = {
    ...(run && { run }),
    ...(runId && { run_id: runId }),
    ...(pipeline && { pipeline }),
    ...(status && { status }),
    ...(from && { from: bare(from) }),
    ...(to && { to: bare(to) }),
  };
  const where = [
    ...(run ? ['r.workflow_id = :run'] : []),
    ...(runId ? ['r.run_id = :run_id'] : []),
    ...(pipeline ? ['r.pipeline = :pipeline'] : []),
    // names of definitions: letters, digits and underscores
    ...(pipelines ? [`r.pipeline in (${pipelines.map((name) => `'${name}'`).join(', ')})`] : []),
    ...(status ? ['r.status = :status'] : []),
    ...(from ? ['r.interval_start >= cast(:from as timestamp)'] : []),
    ...(to ? ['r.interval_start < cast(:to as timestamp)'] : []),
  ];
  // as Temporal tells them: runs are put in order by them
  const times = ['started_at', 'finished_at'].map((name) => `${isoText(`r.${name}`, 'SS.MS')} as ${name}`);
  const rows = await ledgerRows(
    warehouse,
    `select r.workflow_id, r.run_id, r.pipeline, r."trigger", r.status, r.failed_step, r.late, r.params, r.steps,
       ${isoText('r.interval_start')} as interval_start, ${times.join(', ')}, h.loaded, coalesce(h.rejected, 0) + coalesce(i.unparseable, 0) as rejected
     from monitor_db.run_executions r
     left join (select run_id, sum(inserted + updated) as loaded, sum(rejected) as rejected
       from monitor_db.handler_executions group by run_id) h on h.run_id = r.run_id
     left join monitor_db.ingestor_executions i on i.run_id = r.run_id and i.pipeline = r.pipeline
     ${where.length > 0 ? `where ${where.join(' and ')}` : ''} order by r.started_at desc limit ${limit}`,
    given,
  );
  return rows.map(rowOfLedger);
}

function rowOfLedger(row: Row): RunRow {
  const text = (name: string) => (row[name] === null || row[name] === undefined ? null : String(row[name]));
  const count = (name: string) => (row[name] === null || row[name] === undefined ? null : Number(row[name]));
  const parsed = (name: string) => JSON.parse(text(name) ?? 'null') as unknown;
  const steps = parsed('steps') as StepOutcome[] | null;
  return {
    run: String(row['workflow_id']),
    runId: String(row['run_id']),
    pipeline: text('pipeline'),
    interval: text('interval_start'),
    status: String(row['status']) as RunWord,
    trigger: text('trigger'),
    step: text('failed_step'),
    loaded: count('loaded'),
    rejected: count('rejected'),
    late: row['late'] === true,
    params: parsed('params') as Params | null,
    startedAt: String(row['started_at']),
    finishedAt: text('finished_at'),
    ...(steps && { steps }),
  };
}

const bare = (time: string) => time.replace('T', ' ').replace('Z', '');
