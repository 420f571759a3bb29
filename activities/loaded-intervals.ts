import { newestRuns } from '../warehouse/ledger.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { needsRun } from './ensure-run.js';
import type { Activities } from './types.js';

/** asks the ledger once for a whole range, so that a backfill with nothing left to do takes one statement */
export function loadedIntervals({ warehouse }: Dependencies): Activities['loadedIntervals'] {
  return ({ pipeline, from, to, reprocess = 'failed' }) =>
    alive(async ({ sign, signal }) => {
      const runs = await newestRuns(warehouse({ progress: () => sign(), signal }), pipeline, from, to);
      return runs.filter(({ status }) => !needsRun(status, reprocess)).map(({ start }) => start);
    });
}
