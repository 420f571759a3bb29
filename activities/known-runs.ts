import { closedSince, newestClosed, putClosed } from '../lake/closed-runs.js';
import { putJson } from '../lake/object-store.js';
import type { ClosedRun } from '../model/closed-run.js';
import { iso } from '../model/interval.js';
import { keys } from '../model/keys.js';
import { pool } from '../model/pool.js';
import { newestRuns } from '../warehouse/ledger.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';

/** objects written at a time */
const putsAtOnce = 16;

interface Range {
  from: string;
  to: string;
}

/**
 * what ran, by the lake. Deployments of earlier versions have runs that only the ledger knows: it is asked for them once,
 * and each gets its object, so that no time is asked for twice
 */
export function knownRuns(dependencies: Pick<Dependencies, 'store' | 'warehouse' | 'settings'>) {
  const { store, warehouse, settings } = dependencies;
  const bucket = settings.lakeBucket;
  /** it only ever goes back, so what was read once holds */
  const since = new Map<string, string>();

  /** undefined until the ledger was asked once */
  async function reachOf(pipeline: string): Promise<string | undefined> {
    const known = since.get(pipeline);
    if (known !== undefined) return known;
    const from = await closedSince(store, bucket, pipeline);
    if (from !== undefined) since.set(pipeline, from);
    return from;
  }

  /** asks the ledger, and writes down what the lake lacks of its answer */
  async function copyLedger(pipeline: string, { from, to }: Range, { sign, signal }: Alive): Promise<ClosedRun[]> {
    const runs = await newestRuns(warehouse({ progress: () => sign(), signal }), pipeline, from, to);
    const there = await newestClosed(store, bucket, pipeline, from, to, () => sign());
    const known = new Set(there.map(({ runId }) => runId));
    const lacking = runs.filter(({ runId }) => !known.has(runId));
    const settled = await pool(lacking, putsAtOnce, async (run) => {
      await putClosed(store, bucket, pipeline, run);
      sign();
    });
    const broken = settled.find((result) => result.status === 'rejected');
    if (broken) throw broken.reason;
    return runs;
  }

  /** the newest run of each interval that begins in `[from, to)` and has one that ended, oldest first */
  async function between(pipeline: string, { from, to }: Range, alive: Alive): Promise<ClosedRun[]> {
    const reach = await reachOf(pipeline);
    if (reach === undefined || from < reach) {
      await copyLedger(pipeline, { from, to: reach ?? iso(Math.ceil(Date.now() / 1000) * 1000) }, alive);
      await putJson(store, { bucket, key: keys.closedSince(pipeline) }, { from });
      since.set(pipeline, from);
    }
    return newestClosed(store, bucket, pipeline, from, to, () => alive.sign());
  }

  return { between, copyLedger };
}
