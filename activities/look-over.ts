import { ScheduleNotFoundError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { findingsOf, watchedIntervals, type Watched } from '../model/missing.js';
import { runName, scheduleId } from '../model/names.js';
import type { RunInput } from '../model/plan.js';
import { firstOfSchedule } from '../model/interval.js';
import type { Pipeline } from '../schema/pipeline.js';
import { newestRuns } from '../warehouse/ledger.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

/** runs at a time of what the watch fills */
const maxActive = 4;

/** asks Temporal for what runs and the ledger for what loaded; never visibility, which lags */
export function lookOver({ client, pipelines, settings, warehouse }: Dependencies): Activities['lookOver'] {
  return () =>
    alive(async ({ sign, signal }) => {
      const found = [];
      for (const pipeline of pipelines) {
        const watched = await watchedOf(client, pipeline);
        if (!watched) continue;
        const now = Date.now();
        const intervals = watchedIntervals(watched, now);
        const [first] = intervals;
        const last = intervals.at(-1);
        if (!first || !last) continue;
        const closed = await newestRuns(
          warehouse({ progress: () => sign(), signal }),
          pipeline.name,
          first.start,
          last.end,
        );
        const known = new Set(closed.map(({ start }) => start));
        const hasRun = new Set<string>();
        for (const interval of intervals) {
          sign();
          if (!known.has(interval.start) && (await exists(client, runName(pipeline.name, interval))))
            hasRun.add(interval.start);
        }
        const findings = findingsOf(watched, now, closed, hasRun);
        const backfill = {
          maxActive,
          ...(pipeline.dbtSelect && { dbtSelect: pipeline.dbtSelect }),
          dbtTarget: settings.dbt.target,
          heartbeatTimeout: settings.heartbeatTimeout,
        };
        found.push({ pipeline: pipeline.name, grid: watched.grid, policy: pipeline.policy, backfill, ...findings });
      }
      return found;
    });
}

/** undefined while the schedule is paused, or not there */
async function watchedOf(client: Client, pipeline: Pipeline): Promise<Watched | undefined> {
  const { name, start, catchup, deadline, policy, source } = pipeline;
  try {
    const { state, spec, action } = await client.schedule.getHandle(scheduleId(name)).describe();
    if (state.paused) return undefined;
    // the grid that runs have is the schedule's, frozen when it was applied
    const grid = (action.args?.[0] as RunInput | undefined)?.grid ?? pipeline.grid;
    const from = spec.startAt ? firstOfSchedule(grid, spec.startAt.getTime()) : start;
    return {
      grid,
      catchup,
      settle: policy.settle,
      snapshot: source.snapshot,
      ...(from !== undefined && { start: from }),
      ...(deadline !== undefined && { deadline }),
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

async function exists(client: Client, run: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(run).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
