import { WorkflowExecutionAlreadyStartedError, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { startAttributes, summaryOf } from '../model/attributes.js';
import type { Interval } from '../model/interval.js';
import type { RunInput } from '../model/plan.js';
import type { Context } from './context.js';
import { refuse } from './failure.js';
import { memoOf } from './labels.js';
import { workflowLink } from '../model/link.js';

/** starts the run, or refuses with the link of the one that is running */
export async function startRun(
  context: Context,
  run: string,
  input: RunInput & { interval: Interval },
): Promise<{ handle: WorkflowHandleWithFirstExecutionRunId; link: string | undefined }> {
  const { client, namespace } = await context.temporal();
  const settings = context.settings();
  const pipeline = (await context.pipelines()).find(({ name }) => name === input.pipeline);
  const memo = pipeline && memoOf(pipeline);
  const link = (runId?: string) => workflowLink(settings, namespace, run, runId);
  try {
    const handle = await client.workflow.start('pipelineRun', {
      workflowId: run,
      taskQueue: settings.taskQueue,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      typedSearchAttributes: startAttributes(input, input.interval),
      staticSummary: summaryOf(input.pipeline, input.interval, input.params),
      ...(memo && { memo }),
    });
    return { handle, link: link(handle.firstExecutionRunId) };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    refuse(`${run} is running already${link() ? `: ${link()}` : ''}`);
  }
}
