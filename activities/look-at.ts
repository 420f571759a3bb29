import { Context } from '@temporalio/activity';
import { putJson } from '../lake/object-store.js';
import { alertId } from '../model/alert.js';
import type { Interval } from '../model/interval.js';
import { keys } from '../model/keys.js';
import type { ListedIntervals } from '../model/listed-intervals.js';
import { findingsOf, type Findings, type Noticed, type Watched } from '../model/missing.js';
import { fillId, runName } from '../model/names.js';
import { audienceOf } from '../model/policy.js';
import type { Pipeline } from '../define/pipeline.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { seenRuns } from './seen-runs.js';
import { statusesOf, statusOf } from './status-of.js';
import { keepsState } from '../model/source.js';
import type { Activities } from './types.js';
import { watchedOf } from './watched-of.js';
import { watchState } from './watch-state.js';

/** runs at a time of what the watch fills */
const maxActive = 4;

/** what one pipeline has that is late, missing or not settled: counts of all, lists of what is new, in the lake */
export function lookAt(dependencies: Dependencies, now: () => number = Date.now): Activities['lookAt'] {
  const { client, pipelines, settings, store } = dependencies;
  const see = seenRuns(dependencies);

  /** under this look's own name, so that a further attempt writes over what a failed one left */
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

  async function newsOf(pipeline: Pipeline, { grid }: Watched, found: Findings): Promise<Noticed | undefined> {
    const { name, policy, dbtSelect } = pipeline;
    const late = await list(name, 'late', found.late);
    const missing = await toFill(name, 'missing', found.missing);
    const unsettled = await toFill(name, 'settle', found.unsettled);
    if (!late && !missing && !unsettled) return undefined;
    return {
      grid,
      ...audienceOf(policy),
      backfill: {
        // intervals of a source with a state run one after the other
        maxActive: keepsState(pipeline.source) ? 1 : maxActive,
        ...(dbtSelect && { dbtSelect }),
        dbtTarget: settings.dbt.target,
        heartbeatTimeout: settings.heartbeatTimeout,
      },
      ...(late && { late }),
      ...(missing && { missing }),
      ...(unsettled && { unsettled }),
    };
  }

  return ({ pipeline: name }) =>
    alive(async (alive) => {
      const pipeline = pipelines.find((one) => one.name === name);
      const watched = pipeline && (await watchedOf(client, pipeline));
      if (!watched) return {};
      const at = now();
      const state = watchState(store, settings.lakeBucket, name);
      const before = await state.read();
      const seen = await see(name, watched, at, before.ran, alive);
      const found = findingsOf(watched, at, seen.closed, seen.hasRun);
      const late = found.late.filter(({ start }) => !seen.unsure.has(start));
      const wasTold = new Set(before.late);
      const isWanted = (pipeline.policy.alerts.late ?? []).length > 0;
      const newlyLate = isWanted ? late.filter(({ start }) => !wasTold.has(start)) : [];
      // a run says of itself that it passes its deadline
      const idOf = (interval: Interval) => alertId({ kind: 'late', subject: runName(name, interval) });
      const alerted = await statusesOf(client, newlyLate, idOf, alive.sign);
      const isTold = (interval: Interval) => wasTold.has(interval.start) || alerted.has(interval);
      await state.write(before, { ran: [...seen.ran].sort(), late: late.filter(isTold).map(({ start }) => start) });
      const news = await newsOf(pipeline, watched, {
        ...found,
        late: newlyLate.filter((interval) => !alerted.has(interval)),
      });
      const counts = { late: late.length, missing: found.missing.length, unsettled: found.unsettled.length };
      return { counts, ...(news && { news }) };
    });
}
