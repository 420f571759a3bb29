import type { ScheduleOptions } from '@temporalio/client';
import { attributes } from '../model/attributes.js';
import type { DbtRequestInput } from '../model/dbt.js';
import { buildWorkflowId, scheduleId } from '../model/names.js';
import type { ScheduledBuild } from '../define/builds.js';
import { specOf } from './schedules.js';

/** a build shows the state of now: one makes up for all that a server which was down has missed in a day */
const catchupWindow = 86_400_000;

/** Temporal appends the scheduled time to the workflow id: `build-daily-2026-11-30T00:00:00Z` */
export function buildScheduleOf(
  { name, select, grid, fullRefresh, audience }: ScheduledBuild,
  taskQueue: string,
  dbtTarget: string,
): ScheduleOptions & { spec: { startAt?: Date } } {
  const input: DbtRequestInput = { select, dbtTarget, ...(fullRefresh && { fullRefresh }), name, grid, audience };
  return {
    scheduleId: scheduleId(name),
    spec: specOf(grid),
    action: {
      type: 'startWorkflow',
      workflowType: 'dbtRequest',
      workflowId: buildWorkflowId(name),
      taskQueue,
      args: [input],
      typedSearchAttributes: [
        { key: attributes.Pipeline, value: name },
        { key: attributes.Trigger, value: 'schedule' },
      ],
      staticSummary: `dbt build of ${select} on ${dbtTarget}${fullRefresh ? ', in full' : ''}`,
      ...(audience.owner && { memo: { owner: audience.owner } }),
    },
    policies: { overlap: 'SKIP', catchupWindow, pauseOnFailure: false },
  };
}
