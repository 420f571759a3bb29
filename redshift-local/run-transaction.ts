import type { CommandContext } from './command-context.js';
import { runStatement } from './execute.js';
import { bringIn } from './external/bring-in.js';
import { strikeRun, type Step } from './faults.js';
import { committedRecord } from './outcome.js';
import { isConnectionLoss, isInvalidTermination } from './pg-errors.js';
import type { Postgres } from './postgres.js';
import type { Run } from './run.js';
import { settled } from './settle.js';
import { withoutDatabase } from './sql/connected-database.js';
import { planStatement, type Planned } from './sql/plan-statement.js';
import { splitStatements } from './sql/tokens.js';
import { seconds } from './statement-record.js';
import type { Lexed } from './submission.js';

/** runs statements that take effect together; inside a transaction that a BEGIN has opened they join it */
export function transaction(run: Run, context: CommandContext, lexed: Lexed[], pages: string[][], postgres: Postgres) {
  const { record } = run;
  const { client } = context;
  const strike = (now: Step) => strikeRun(run, now, postgres);

  function plan(at: number, isBegun: boolean): Planned {
    const item = lexed[at];
    try {
      if (!Array.isArray(item)) throw item;
      const inBatch = record.isBatch && !record.autoCommit;
      const tokens = withoutDatabase(splitStatements(item)[0] ?? [], record.database);
      return planStatement(tokens, record.parameters, inBatch || isBegun, isBegun && !inBatch);
    } catch (error) {
      begin(at);
      throw error;
    }
  }

  const firstValue = async (sql: string, values: string[]) => {
    const { rows } = await client.query<string[]>({ text: sql, values, rowMode: 'array' });
    return rows[0]?.[0];
  };

  function begin(at: number): void {
    const sub = record.subs[at];
    if (sub) Object.assign(sub, { status: 'STARTED', updatedAt: seconds() });
  }

  async function reach(at: number): Promise<void> {
    begin(at);
    await strike(at + 1);
  }

  async function runOne(at: number, one: Planned): Promise<void> {
    const sub = record.subs[at];
    if (!sub) return;
    const begun = process.hrtime.bigint();
    try {
      if (one.sql === 'commit' && client.getTransactionStatus() === 'T') await leaveEvidence([at]);
      const plan = await settled(one, firstValue);
      const done = await runStatement(plan, { ...context, queryId: record.queryId + at });
      Object.assign(sub, { status: 'FINISHED', rows: done.rows, size: done.size });
      if (done.columns) sub.columns = done.columns;
      pages[at] = done.pages;
    } finally {
      sub.duration = Number(process.hrtime.bigint() - begun);
      sub.updatedAt = seconds();
    }
  }

  async function commit(places: number[], isEvident: boolean): Promise<void> {
    await strike('commit');
    if (isEvident) await leaveEvidence(places);
    run.committing = true;
    try {
      await client.query('commit');
      await strike('committed');
    } catch (error) {
      // the answer was lost: was the work?
      if (!isEvident || !isConnectionLoss(error) || !(await committedRecord(postgres, record))) throw error;
    } finally {
      run.committing = false;
    }
  }

  /** committed with the work: what is asked when this process dies, or the answer to COMMIT is lost */
  async function leaveEvidence(places: number[]): Promise<void> {
    const subs = record.subs.map((sub, at) => (places.includes(at) ? { ...sub, status: 'FINISHED' as const } : sub));
    const isWhole = subs.every(({ status }) => status === 'FINISHED');
    const body = { ...record, subs, updatedAt: seconds(), ...(isWhole && { status: 'FINISHED' }) };
    await client.query('select _redshift_data.leave_evidence($1, $2)', [record.id, JSON.stringify(body)]);
  }

  return async function together(places: number[]): Promise<void> {
    const isBegun = client.getTransactionStatus() === 'T' || client.getTransactionStatus() === 'E';
    // all of them before any runs: a refusal leaves nothing half-done
    const plans = places.map((at) => plan(at, isBegun));
    const isOwn = !isBegun && plans.every(({ kind }) => kind !== 'maintenance' && kind !== 'control');
    await bringIn(context, plans);
    await postgres.history.show(record.database, plans);
    await reach(places[0] ?? 0);
    // nothing between BEGIN and the first statement, no fault either: a LOCK must come before the snapshot
    if (isOwn) await client.query('begin');
    try {
      for (const [index, one] of plans.entries()) {
        const at = places[index] ?? 0;
        if (index > 0) await reach(at);
        await runOne(at, one);
        if (one.commits && isBegun) await client.query('commit');
        // the last one's commit is the batch's own
        if (one.commits && isOwn && index < plans.length - 1) {
          await commit(places.slice(0, index + 1), true);
          await client.query('begin');
        }
      }
      context.check();
      if (isOwn)
        await commit(
          places,
          plans.some(({ kind }) => kind !== 'query'),
        );
    } catch (error) {
      if (isOwn) await client.query('rollback').catch(() => undefined);
      const [only, ...more] = plans;
      // a procedure that ends its transactions runs outside of one: what it did before its first COMMIT is undone, and done again
      if (!isOwn || only?.rule !== 'call' || more.length > 0 || !isInvalidTermination(error)) throw error;
      await runOne(places[0] ?? 0, only);
    }
  };
}
