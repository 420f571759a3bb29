import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import type { BackfillInput } from '../model/backfill.js';
import { fillId } from '../model/names.js';
import type { backfill as backfillWorkflow } from './backfill.js';

/** one backfill at a time for a pipeline and reason, which outlives the look; false when one is under way */
export async function startFill(
  input: BackfillInput,
  reason: 'missing' | 'settle',
  staticSummary: string,
): Promise<boolean> {
  try {
    await startChild<typeof backfillWorkflow>('backfill', {
      workflowId: fillId(input.pipeline, reason),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      staticSummary,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
