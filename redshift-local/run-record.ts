import type { Run } from './run.js';
import type pg from 'pg';
import type { CommandContext, Outside } from './command-context.js';
import type { Objects } from './copy/objects.js';
import { strikeRun } from './faults.js';
import { isConnectionLoss, isUserCancel, redshiftMessage } from './pg-errors.js';
import type { Postgres } from './postgres.js';
import { transaction } from './run-transaction.js';
import { seconds } from './statement-record.js';
import type { Lexed } from './submission.js';

/** runs a record's statements and writes into the record how each ended; gives the pages of their results */
export async function runRecord(
  run: Run,
  connect: () => Promise<pg.Client>,
  lexed: Lexed[],
  postgres: Postgres,
  objects: Objects,
  lend: (database: string, name: string) => Promise<Outside>,
): Promise<string[][]> {
  const { record } = run;
  const pages: string[][] = record.subs.map(() => []);
  const all = [...record.subs.keys()];
  const check = () => {
    if (run.cancelled) throw new Error('Query cancelled on user request');
  };
  let end: 'FINISHED' | 'FAILED' | 'ABORTED' = 'FINISHED';

  async function runAll(): Promise<void> {
    await strikeRun(run, 'submitted', postgres);
    check();
    const client = await connect();
    run.client = client;
    const { processID } = client as pg.Client & { processID?: number };
    Object.assign(record, { pid: processID ?? 0, status: 'STARTED', updatedAt: seconds() });
    const context: CommandContext = {
      client,
      objects,
      check,
      outside: () => lend(record.database, `outside of ${record.id}`),
      queryId: record.queryId,
      format: record.format,
    };
    const together = transaction(run, context, lexed, pages, postgres);
    if (!record.autoCommit) return together(all);
    for (const at of all) {
      try {
        check();
        await together([at]);
      } catch (error) {
        fail([at], error);
        // the others run all the same, as long as there is a connection
        if (isConnectionLoss(error) || end === 'ABORTED') break;
      }
    }
  }

  /** the statement that had begun failed, what was to come after it was not run */
  function fail(places: number[], error: unknown): void {
    const isAborted = run.cancelled || isUserCancel(error);
    const message = redshiftMessage(error);
    const at = places.find((place) => record.subs[place]?.status === 'STARTED');
    for (const place of places) {
      const sub = record.subs[place];
      if (!sub) continue;
      delete sub.columns;
      pages[place] = [];
      if (sub.status === 'FINISHED' && places.length > 1) continue;
      sub.status = (place === at || places.length === 1) && !isAborted ? 'FAILED' : 'ABORTED';
      if (place === at) sub.error = message;
    }
    end = isAborted ? 'ABORTED' : 'FAILED';
    const which = record.isBatch && !isAborted && at !== undefined ? `Query #${at + 1} failed with ` : '';
    record.error ??= `${which}${message}`;
  }

  await runAll().catch((error: unknown) => fail(all, error));
  for (const sub of record.subs) if (sub.status === 'SUBMITTED') sub.status = 'ABORTED';
  record.status = end;
  record.updatedAt = seconds();
  return pages;
}
