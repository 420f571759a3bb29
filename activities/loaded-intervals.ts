import { iso, parseTime } from '../model/interval.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

/** asks the ledger once for a whole range, so that a backfill with nothing left to do takes one statement */
export function loadedIntervals({ warehouse }: Dependencies): Activities['loadedIntervals'] {
  return ({ pipeline, from, to }) =>
    alive(async ({ sign, signal }) => {
      const rows = await warehouse({ progress: () => sign(), signal }).query(
        `SELECT interval_start FROM monitor_db.run_executions_latest WHERE pipeline = :pipeline AND status = 'completed'
         AND interval_start >= CAST(:from AS TIMESTAMP) AND interval_start < CAST(:to AS TIMESTAMP)`,
        { pipeline, from: text(from), to: text(to) },
      );
      return rows.map((row) => iso(parseTime(String(row['interval_start']).replace(' ', 'T'))));
    });
}

const text = (time: string) => iso(parseTime(time)).replace('T', ' ').replace('Z', '');
