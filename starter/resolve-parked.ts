import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Resolution } from '../model/resolution.js';
import type { Context } from './context.js';
import { rootMessage } from './explain.js';
import { refuse } from './failure.js';

/** answers a parked run; the steps that waited for it */
export async function resolveParked(context: Context, run: string, answer: Resolution): Promise<string[]> {
  const { client } = await context.temporal();
  try {
    return await client.workflow.getHandle(run).executeUpdate<string[], [Resolution]>('resolve', { args: [answer] });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) refuse(`no run named '${run}' is running: see \`waterclock runs\``);
    if (error instanceof WorkflowUpdateFailedError) refuse(`${run}: ${rootMessage(error)}`);
    throw error;
  }
}
