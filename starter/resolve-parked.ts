import { WorkflowNotFoundError } from '@temporalio/client';
import type { Resolution } from '../model/resolution.js';
import { updateWorkflow } from './ask-workflow.js';
import type { Context } from './context.js';
import { refuse } from './failure.js';

/** answers a parked run; the steps that waited for it */
export async function resolveParked(context: Context, run: string, answer: Resolution): Promise<string[]> {
  const temporal = await context.temporal();
  try {
    return await updateWorkflow<string[]>(temporal, temporal.client.workflow.getHandle(run), 'resolve', answer);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) refuse(`no run named '${run}' is running: see \`waterclock runs\``);
    throw error;
  }
}
