import { Context, log } from '@temporalio/activity';
import { putJson } from '../lake/object-store.js';
import { alertId } from '../model/alert.js';
import { newestOf, type ClosedRun } from '../model/closed-run.js';
import type { Interval } from '../model/interval.js';
import { keys } from '../model/keys.js';
import {
  findingsOf,
  watchedIntervals,
  type Findings,
  type ListedIntervals,
  type Noticed,
  type Watched,
} from '../model/missing.js';
import { fillId, runName } from '../model/names.js';
import type { Pipeline } from '../schema/pipeline.js';
import { alive, type Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { knownRuns } from './known-runs.js';
import { statusesOf, statusOf } from './status-of.js';
import type { Activities } from './types.js';
import { watchState, type WatchState } from './watch-state.js';
import { watchedOf } from './watched-of.js';

/** runs at a time of what the watch fills */
const maxActive = 4;

/** what is known of a pipeline's due intervals */
interface Seen {
  closed: ClosedRun[];
  /** starts of those with a run that the lake has no object of */
  hasRun: Set<string>;
  /** those of them whose run has ended: Temporal need not be asked again, and may forget them */
  ran: Set<string>;
  /** it completed, and the ledger could not say of what */
  unsure: Set<string>;
}

/**
 * one pipeline: the lake says what ended, Temporal what runs, and neither Temporal nor the ledger is asked twice about an
 * interval whose run has ended; lists of any length go into the lake
 */
export function lookAt(dependencies: Dependencies, now: () => number = Date.now): Activities['lookAt'] {
  const { client, pipelines, settings, store } = dependencies;
  const known = knownRuns(dependencies);

  async function see(name: string, watched: Watched, at: number, before: WatchState, alive: Alive): Promise<Seen> {
    const intervals = watchedIntervals(watched, at);
    const [first] = intervals;
    const last = intervals.at(-1);
    const seen: Seen = { closed: [], hasRun: new Set(), ran: new Set(), unsure: new Set() };
    if (!first || !last) return seen;
    seen.closed = await known.between(name, { from: first.start, to: last.end }, alive);
    const ended = new Set(seen.closed.map(({ start }) => start));
    seen.ran = new Set(before.ran.filter((start) => start >= first.start && !ended.has(start)));
    const open = findingsOf(watched, at, seen.closed, seen.ran).missing;
    const statuses = await statusesOf(client, open, (interval) => runName(name, interval), alive.sign);
    const unrecorded = open.filter((interval) => statuses.get(interval) === 'COMPLETED');
    if (unrecorded.length > 0) {
      const rows = await recorded(name, unrecorded, alive);
      if (!rows) seen.unsure = new Set(unrecorded.map(({ start }) => start));
      seen.closed = newestOf([...seen.closed, ...(rows ?? [])]);
    }
    for (const [{ start }, status] of statuses) {
      seen.hasRun.add(start);
      if (status !== 'RUNNING' && !seen.unsure.has(start)) seen.ran.add(start);
    }
    for (const start of seen.ran) seen.hasRun.add(start);
    return seen;
  }

  /** of a worker of an earlier version, which wrote them into the ledger alone; undefined while that is away */
  async function recorded(name: string, intervals: Interval[], alive: Alive): Promise<ClosedRun[] | undefined> {
    const range = { from: intervals[0]?.start ?? '', to: intervals.at(-1)?.end ?? '' };
    try {
      return await known.copyLedger(name, range, alive);
    } catch (error) {
      if (alive.signal.aborted) throw error;
      log.warn('the ledger could not say what a run of an earlier version loaded', { error: String(error) });
      return undefined;
    }
  }

  /** a list under this look's own name, so that an attempt that fails is written over */
  async function list(pipeline: string, what: string, intervals: Interval[]): Promise<ListedIntervals | undefined> {
    const [first] = intervals;
    const last = intervals.at(-1);
    if (!first || !last) return undefined;
    const look = Context.current().info.workflowExecution?.runId ?? 'look';
    const ref = { bucket: settings.lakeBucket, key: keys.watchList(pipeline, look, what) };
    return { list: await putJson(store, ref, intervals), count: intervals.length, first, last };
  }

  /** undefined while an earlier look's backfill is at it: what that leaves, a later look finds */
  async function toFill(pipeline: string, reason: 'missing' | 'settle', intervals: Interval[]) {
    if (intervals.length === 0 || (await statusOf(client, fillId(pipeline, reason))) === 'RUNNING') return undefined;
    return list(pipeline, reason, intervals);
  }

  async function newsOf({ name, policy, dbtSelect }: Pipeline, { grid }: Watched, found: Findings) {
    const late = await list(name, 'late', found.late);
    const missing = await toFill(name, 'missing', found.missing);
    const unsettled = await toFill(name, 'settle', found.unsettled);
    if (!late && !missing && !unsettled) return undefined;
    const { target: dbtTarget } = settings.dbt;
    const backfill = {
      maxActive,
      dbtTarget,
      heartbeatTimeout: settings.heartbeatTimeout,
      ...(dbtSelect && { dbtSelect }),
    };
    return {
      grid,
      alerts: policy.alerts,
      backfill,
      ...(late && { late }),
      ...(missing && { missing }),
      ...(unsettled && { unsettled }),
    } satisfies Noticed;
  }

  return ({ pipeline: name }) =>
    alive(async (alive) => {
      const pipeline = pipelines.find((one) => one.name === name);
      const watched = pipeline && (await watchedOf(client, pipeline));
      if (!watched) return {};
      const at = now();
      const state = watchState(store, settings.lakeBucket, name);
      const before = await state.read();
      const seen = await see(name, watched, at, before, alive);
      const found = findingsOf(watched, at, seen.closed, seen.hasRun);
      const late = found.late.filter(({ start }) => !seen.unsure.has(start));
      const isTold = new Set(before.late);
      const isWanted = (pipeline.policy.alerts.late ?? []).length > 0;
      const newlyLate = isWanted ? late.filter(({ start }) => !isTold.has(start)) : [];
      // a run says of itself that it passes its deadline
      const idOf = (interval: Interval) => alertId({ kind: 'late', subject: runName(name, interval) });
      const alerted = await statusesOf(client, newlyLate, idOf, alive.sign);
      await state.write(before, {
        ran: [...seen.ran].sort(),
        late: late.filter((interval) => isTold.has(interval.start) || alerted.has(interval)).map(({ start }) => start),
      });
      const news = await newsOf(pipeline, watched, {
        ...found,
        late: newlyLate.filter((interval) => !alerted.has(interval)),
      });
      const counts = { late: late.length, missing: found.missing.length, unsettled: found.unsettled.length };
      return { counts, ...(news && { news }) };
    });
}
