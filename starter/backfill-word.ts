import type { WorkflowExecutionStatusName } from '@temporalio/client';
import type { BackfillResult } from '../model/backfill.js';

/** how far a backfill is, or how it ended, in a word; `progress` is what it last said of itself */
export function backfillWord(execution: WorkflowExecutionStatusName, progress: BackfillResult | undefined): string {
  if (execution === 'RUNNING') return runningWord(progress);
  if (execution !== 'COMPLETED' || !progress) return execution.toLowerCase().replaceAll('_', ' ');
  if (progress.status === 'cancelled') return 'cancelled';
  return progress.failedCount > 0 || progress.dbt?.status === 'failed' ? 'completed with failures' : 'completed';
}

function runningWord(progress: BackfillResult | undefined): string {
  if (progress?.hold && progress.status === 'paused') return 'paused by itself';
  // the range is through, the workflow is not
  if (progress?.status === 'completed' || progress?.status === 'cancelled') return 'building models';
  return progress?.status ?? 'running';
}
