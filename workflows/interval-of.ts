import { SearchAttributeType } from '@temporalio/common';
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { intervalEnding, isOnGrid, lastComplete, type Interval } from '../model/interval.js';
import type { RunInput } from '../model/plan.js';

/** set by the server on what a schedule starts: the nominal time, free of jitter */
const scheduledAt = { name: 'TemporalScheduledStartTime', type: SearchAttributeType.DATETIME };

/** the grid point that a schedule started this execution for */
export function slot(): Date | undefined {
  return workflowInfo().typedSearchAttributes.get(scheduledAt);
}

/**
 * the interval of the input, or of the grid point that the schedule fired for; a start off the grid, as by hand in the
 * Web UI, means the last complete one, whose run has another name
 */
export function intervalOf({ interval, grid }: RunInput): { interval: Interval; isOffGrid: boolean } {
  if (interval) return { interval, isOffGrid: false };
  const nominal = slot();
  if (!nominal)
    throw ApplicationFailure.nonRetryable('a run needs an interval, unless a schedule starts it', 'InvalidDefinition');
  const at = nominal.getTime();
  if (isOnGrid(grid, at)) return { interval: intervalEnding(grid, at), isOffGrid: false };
  return { interval: lastComplete(grid, workflowInfo().startTime.getTime()), isOffGrid: true };
}
