import type { Context } from './context.js';
import { rootMessage } from './explain.js';

/** a person's word that the run's interval is done */
export interface ShownMark {
  by: string | null;
  note: string | null;
  /** ISO */
  at: string;
}

/** the newest row of the run's name, when it is a mark */
export async function markOf(context: Context, run: string): Promise<ShownMark | undefined> {
  try {
    const warehouse = await context.warehouse();
    // a ledger of an earlier version has no columns for it
    const [row] = await warehouse.query(
      `select r.*, to_char(r.finished_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at from monitor_db.run_executions r
       where r.workflow_id = :run order by r.finished_at desc limit 1`,
      { run },
    );
    if (row?.['status'] !== 'marked') return undefined;
    const text = (name: string) => (typeof row[name] === 'string' ? row[name] : null);
    return { by: text('marked_by'), note: text('note'), at: String(row['at']) };
  } catch (error) {
    context.terminal.say(`without the ledger: ${rootMessage(error)}`);
    return undefined;
  }
}
