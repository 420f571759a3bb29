import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { firstOfSchedule } from '../model/interval.js';
import type { Watched } from '../model/missing.js';
import { scheduleId } from '../model/names.js';
import type { RunInput } from '../model/plan.js';
import type { Pipeline } from '../define/pipeline.js';

/** undefined while the schedule is paused, or not there */
export async function watchedOf(client: Client, pipeline: Pipeline): Promise<Watched | undefined> {
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
