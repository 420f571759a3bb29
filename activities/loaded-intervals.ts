import { newestRuns } from '../warehouse/ledger.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { knownRuns } from './known-runs.js';
import { lateIntervals } from './late-objects.js';
import { needsRun } from './ensure-run.js';
import type { Activities } from './types.js';

/** asks the ledger and the source once for a whole range, so that a backfill with nothing left to do takes one statement */
export function loadedIntervals(dependencies: Dependencies): Activities['loadedIntervals'] {
  const known = knownRuns(dependencies);
  return ({ pipeline, from, to, reprocess = 'failed', extracts = false }) =>
    alive(async (alive) => {
      const { sign, signal } = alive;
      const ledger = dependencies.warehouse({ progress: () => sign(), signal });
      // the watch lacked these in the lake: copied, or it would find them missing at each look
      const isFill = reprocess === 'none';
      const runs = isFill
        ? await known.copyLedger(pipeline, { from, to }, alive)
        : await newestRuns(ledger, pipeline, from, to);
      const done = runs.filter(({ status }) => !needsRun(status, reprocess));
      const loaded = extracts ? done.filter(({ status }) => status === 'completed') : [];
      const late = await lateIntervals(dependencies, pipeline, loaded, alive);
      return done.map(({ start }) => start).filter((start) => !late.has(start));
    });
}
