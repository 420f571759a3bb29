import { SearchAttributeType } from '@temporalio/common';
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { intervalEnding, isOnGrid, lastComplete, type Interval } from '../model/interval.js';
import type { RunInput } from '../model/plan.js';

/** set by the server on what a schedule starts: the nominal time, free of jitter */
const scheduledAt = { name: 'TemporalScheduledStartTime', type: SearchAttributeType.DATETIME };

/** the interval of the input, or of the grid point that the schedule fired for; off the grid, the last complete one */
export function intervalOf({ interval, grid }: RunInput): Interval {
  if (interval) return interval;
  const { typedSearchAttributes, startTime } = workflowInfo();
  const nominal = typedSearchAttributes.get(scheduledAt);
  if (!nominal)
    throw ApplicationFailure.nonRetryable('a run needs an interval, unless a schedule starts it', 'InvalidDefinition');
  const at = nominal.getTime();
  return isOnGrid(grid, at) ? intervalEnding(grid, at) : lastComplete(grid, startTime.getTime());
}
