import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { log, ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import type { DownstreamInput, DownstreamResult } from '../model/downstream.js';
import { downstreamId } from '../model/names.js';

/** makes again what used the runs that `name`, a run or a range of retries, made again; it outlives the one that starts it */
export async function startDownstream(name: string, input: DownstreamInput): Promise<void> {
  try {
    await startChild<(input: DownstreamInput) => Promise<DownstreamResult>>('downstream', {
      workflowId: downstreamId(name),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      staticSummary: `what used ${input.pipeline}, ${input.from} to ${input.to}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    log.warn('what used it is being made again already', { workflowId: downstreamId(name) });
  }
}
