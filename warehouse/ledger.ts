import { iso, parseTime, type Interval } from '../model/interval.js';
import type { RunRef } from '../model/keys.js';
import type { Params } from '../model/params.js';
import type { RecordCounts } from '../model/plan.js';
import type { Failure, RunStatus } from '../model/run-result.js';
import type { Resolved } from '../model/resolution.js';
import type { StepOutcome } from '../model/step-outcome.js';
import type { Warehouse } from './data-api.js';
import { binder, literal } from './sql.js';
import { loadStatement } from './statement-name.js';

/** of the column; hundreds of entities */
const mostStepsBytes = 65_535;

export interface Closing {
  run: RunRef;
  dueAt: string;
  startedAt: string;
  finishedAt: string;
  status: RunStatus;
  late: boolean;
  /** those given and the defaults of the rest */
  params?: Params;
  steps?: StepOutcome[];
  failures: Failure[];
  /** absent when extract did not end */
  extracted?: { manifest: string; files: number; bytes: number };
  counts?: RecordCounts;
}

/** the newest run of an interval that closed */
export interface NewestRun {
  /** ISO, UTC */
  start: string;
  end: string;
  runId: string;
  status: RunStatus;
  finishedAt: string;
}

/** intervals that begin in `[from, to)` and have a run that closed, oldest first */
export async function newestRuns(
  warehouse: Warehouse,
  pipeline: string,
  from: string,
  to: string,
): Promise<NewestRun[]> {
  const time = (column: string) => `TO_CHAR(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS ${column}`;
  const rows = await warehouse.query(
    `SELECT ${['interval_start', 'interval_end', 'finished_at'].map(time).join(', ')}, run_id, status
     FROM monitor_db.run_executions_latest WHERE pipeline = :pipeline
     AND interval_start >= CAST(:from AS TIMESTAMP) AND interval_start < CAST(:to AS TIMESTAMP) ORDER BY interval_start`,
    { pipeline, from: bare(from), to: bare(to) },
  );
  return rows.map((row) => ({
    start: String(row['interval_start']),
    end: String(row['interval_end']),
    runId: String(row['run_id']),
    status: row['status'] as RunStatus,
    finishedAt: String(row['finished_at']),
  }));
}

/** how many scheduled intervals of each month had loaded by their deadline, ms after due */
export async function attainment(
  warehouse: Warehouse,
  pipeline: string,
  deadline: number,
): Promise<{ pipeline: string; month: string; intervals: number; onTime: number }[]> {
  const rows = await warehouse.query(
    `SELECT TO_CHAR(interval_start, 'YYYY-MM') AS month, COUNT(*) AS intervals,
     SUM(CASE WHEN first_loaded <= DATEADD(second, CAST(:seconds AS INTEGER), due_at) THEN 1 ELSE 0 END) AS on_time
     FROM (SELECT interval_start, MIN(due_at) AS due_at, MIN(CASE WHEN status = 'completed' THEN finished_at END) AS first_loaded,
       MAX(CASE WHEN "trigger" IN ('schedule', 'watch') THEN 1 ELSE 0 END) AS is_scheduled
       FROM monitor_db.run_executions WHERE pipeline = :pipeline GROUP BY interval_start) AS loads
     WHERE is_scheduled = 1 GROUP BY 1 ORDER BY 1`,
    { pipeline, seconds: String(Math.round(deadline / 1000)) },
  );
  return rows.map((row) => ({
    pipeline,
    month: String(row['month']),
    intervals: Number(row['intervals']),
    onTime: Number(row['on_time']),
  }));
}

export async function newestRun(
  warehouse: Warehouse,
  pipeline: string,
  interval: Interval,
): Promise<NewestRun | undefined> {
  const [newest] = await newestRuns(warehouse, pipeline, interval.start, interval.end);
  return newest;
}

/** run id of the newest run of this name that has raw of its own, or took an earlier one's over */
export async function latestIngestion(warehouse: Warehouse, run: string): Promise<string | undefined> {
  const [row] = await warehouse.query(
    `SELECT run_id FROM monitor_db.ingestor_executions WHERE workflow_id = :run AND status = 'extracted' ORDER BY finished_at DESC LIMIT 1`,
    { run },
  );
  return row && String(row['run_id']);
}

const bare = (time: string) => iso(parseTime(time)).replace('T', ' ').replace('Z', '');

/** the ledger's rows of a run that ended; those of loaded entities were written by their loads */
export async function closeRun(warehouse: Warehouse, closing: Closing): Promise<void> {
  const { run, extracted, counts, failures } = closing;
  const closed = await closedRows(warehouse, run);
  for (const failure of failures) {
    if (!failure.entity || closed.has(`handler_executions.${failure.entity}`)) continue;
    const { parameters, text, common } = bindRun(closing);
    const row = { ...common, entity: text(failure.entity), status: text('failed'), error: text(failureText(failure)) };
    const name = loadStatement(run, failure.entity, 'close');
    await warehouse.execute([append('handler_executions', row).sql], { name, parameters: parameters() });
  }
  const { parameters, text, time, common } = bindRun(closing);
  const [first] = failures;
  const said = lastResolved(closing.steps);
  const statements = [
    append('run_executions', {
      ...common,
      due_at: time(closing.dueAt),
      '"trigger"': text(run.trigger),
      status: text(closing.status),
      failed_step: text(first && [first.step, first.entity].filter(Boolean).join('.')),
      late: closing.late ? 'TRUE' : 'FALSE',
      params: text(paramsJson(closing.params)),
      steps: text(stepsJson(closing.steps), mostStepsBytes),
      ...(said && { marked_by: text(said.by, 256), note: text(said.note) }),
    }),
    append('ingestor_executions', {
      ...common,
      '"trigger"': text(run.trigger),
      files: literal(extracted?.files ?? null),
      bytes: literal(extracted?.bytes ?? null),
      manifest: text(extracted?.manifest),
      records: literal(counts?.records ?? null),
      ignored: literal(counts?.ignored ?? null),
      dropped: literal(counts?.dropped ?? null),
      unparseable: literal(counts?.unparseable ?? null),
      status: text(extracted ? 'extracted' : 'failed'),
      error: text(failureText(extracted ? undefined : first)),
    }),
  ];
  const missing = statements.filter(({ table }) => !closed.has(table)).map(({ sql }) => sql);
  if (missing.length > 0)
    await warehouse.execute(missing, { name: loadStatement(run, '', 'close'), parameters: parameters() });
}

/**
 * the rows that an earlier close has written: it may run twice. asked apart, because a transaction that reads a table and writes to
 * it conflicts with every other that does, under SERIALIZABLE; two that run at once have one name, which takes effect once
 */
async function closedRows(warehouse: Warehouse, run: RunRef): Promise<Set<string>> {
  const of = 'WHERE run_id = :run_id AND pipeline = :pipeline';
  const rows = await warehouse.query(
    `SELECT 'run_executions' AS closed
     FROM monitor_db.run_executions ${of}
     UNION ALL
     SELECT 'ingestor_executions'
     FROM monitor_db.ingestor_executions ${of}
     UNION ALL
     SELECT 'handler_executions.' || entity
     FROM monitor_db.handler_executions ${of}`,
    { run_id: run.runId, pipeline: run.pipeline },
  );
  return new Set(rows.map(({ closed }) => String(closed)));
}

function bindRun({ run, startedAt, finishedAt }: Closing) {
  const bound = binder();
  const common = {
    workflow_id: bound.text(run.workflowId),
    run_id: bound.text(run.runId),
    pipeline: bound.text(run.pipeline),
    interval_start: bound.time(run.interval.start),
    interval_end: bound.time(run.interval.end),
    started_at: bound.time(startedAt),
    finished_at: bound.time(finishedAt),
  };
  return { ...bound, common };
}

function failureText(failure: Failure | undefined): string | undefined {
  return failure && `${failure.type}: ${failure.message}`.slice(0, 1000);
}

function append(table: string, values: Record<string, string>) {
  const columns = Object.keys(values).join(', ');
  return { table, sql: `INSERT INTO monitor_db.${table} (${columns}) SELECT ${Object.values(values).join(', ')}` };
}

function paramsJson(params: Params = {}): string | undefined {
  return Object.keys(params).length > 0 ? JSON.stringify(params) : undefined;
}

/** counts and errors stand in the other tables; notes are left out where they are too long for the column */
function stepsJson(steps: StepOutcome[] = []): string | undefined {
  if (steps.length === 0) return undefined;
  const outcomes = steps.map(({ told: _told, manifest: _manifest, ...outcome }) => outcome);
  const brief = outcomes.map(({ resolved, ...outcome }) => ({
    ...outcome,
    ...(resolved && { resolved: resolved.map(({ note: _note, ...one }) => one) }),
  }));
  return [outcomes, brief].map((all) => JSON.stringify(all)).find((json) => Buffer.byteLength(json) <= mostStepsBytes);
}

/** a person's last word on the run */
function lastResolved(steps: StepOutcome[] = []): Resolved | undefined {
  return steps
    .flatMap(({ resolved = [] }) => resolved)
    .sort((a, b) => a.at.localeCompare(b.at))
    .at(-1);
}

/** what a run that closed was given, with the defaults of the rest */
export async function paramsOfRun(warehouse: Warehouse, runId: string): Promise<Params | undefined> {
  const [row] = await warehouse.query(`SELECT params FROM monitor_db.run_executions WHERE run_id = :runId`, { runId });
  return typeof row?.['params'] === 'string' ? (JSON.parse(row['params']) as Params) : undefined;
}
