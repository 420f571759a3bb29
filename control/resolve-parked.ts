import { WorkflowNotFoundError } from '@temporalio/client';
import type { Reason, Resolution } from '../model/resolution.js';
import { updateWorkflow } from './ask-workflow.js';
import type { Context } from './context.js';
import { refuse } from './failure.js';

/** answers a parked run in the name of who asks; the steps that waited for it */
export async function resolveParked(
  context: Context,
  run: string,
  answer: Resolution,
  note?: string,
): Promise<string[]> {
  const temporal = await context.temporal();
  const reason: Reason = { by: context.user(), ...(note && { note }) };
  try {
    return await updateWorkflow<string[]>(temporal, temporal.client.workflow.getHandle(run), 'resolve', answer, reason);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) refuse(`no run named '${run}' is running: see \`waterclock runs\``);
    throw error;
  }
}
