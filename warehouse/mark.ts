import type { RunRef } from '../model/keys.js';
import type { Warehouse } from './data-api.js';
import { binder } from './sql.js';

/** a person's word that an interval is done */
export interface Mark {
  run: RunRef;
  dueAt: string;
  /** ISO */
  at: string;
  by: string;
  note: string;
}

/** the ledger's row of an interval that no run closed: the newest, until a run of the interval closes after it */
export async function markInterval(warehouse: Warehouse, { run, dueAt, at, by, note }: Mark): Promise<void> {
  const { text, time, parameters } = binder();
  const row = {
    workflow_id: text(run.workflowId),
    run_id: text(run.runId),
    pipeline: text(run.pipeline),
    interval_start: time(run.interval.start),
    interval_end: time(run.interval.end),
    due_at: time(dueAt),
    '"trigger"': text(run.trigger),
    status: text('marked'),
    late: 'FALSE',
    started_at: time(at),
    finished_at: time(at),
    marked_by: text(by, 256),
    note: text(note),
  };
  const columns = Object.keys(row).join(', ');
  const values = Object.values(row).join(', ');
  await warehouse.execute([`INSERT INTO monitor_db.run_executions (${columns}) SELECT ${values}`], {
    parameters: parameters(),
  });
}

/** a person's word that the run's interval is done */
export interface ShownMark {
  by: string | null;
  note: string | null;
  /** ISO */
  at: string;
}

/** the newest row of the run's name, when it is a mark */
export async function newestMark(warehouse: Warehouse, run: string): Promise<ShownMark | undefined> {
  // a ledger of an earlier version has no columns for it
  const [row] = await warehouse.query(
    `SELECT r.*, TO_CHAR(r.finished_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
     FROM monitor_db.run_executions r
     WHERE r.workflow_id = :run
     ORDER BY r.finished_at DESC
     LIMIT 1`,
    { run },
  );
  if (row?.['status'] !== 'marked') return undefined;
  const text = (name: string) => (typeof row[name] === 'string' ? row[name] : null);
  return { by: text('marked_by'), note: text('note'), at: String(row['at']) };
}
