import { newestRuns } from '../warehouse/ledger.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { lateIntervals } from './late-objects.js';
import { needsRun } from './ensure-run.js';
import type { Activities } from './types.js';

/** asks the ledger and the source once for a whole range, so that a backfill with nothing left to do takes one statement */
export function loadedIntervals(dependencies: Dependencies): Activities['loadedIntervals'] {
  return ({ pipeline, from, to, reprocess = 'failed', extracts = false }) =>
    alive(async (alive) => {
      const { sign, signal } = alive;
      const runs = await newestRuns(dependencies.warehouse({ progress: () => sign(), signal }), pipeline, from, to);
      const done = runs.filter(({ status }) => !needsRun(status, reprocess));
      const loaded = extracts ? done.filter(({ status }) => status === 'completed') : [];
      const late = await lateIntervals(dependencies, pipeline, loaded, alive);
      return done.map(({ start }) => start).filter((start) => !late.has(start));
    });
}
