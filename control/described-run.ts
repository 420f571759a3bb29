import { WorkflowNotFoundError, type WorkflowExecutionDescription, type WorkflowHandle } from '@temporalio/client';
import { refuse } from './failure.js';

/** what Temporal knows of it, or a refusal that says where names are listed */
export async function describedRun(handle: WorkflowHandle, run: string): Promise<WorkflowExecutionDescription> {
  try {
    return await handle.describe();
  } catch (error) {
    // a run id that is none is an invalid argument
    const isNoId = (error as { code?: unknown }).code === 3;
    if (error instanceof WorkflowNotFoundError || isNoId) {
      refuse(`temporal has no run '${run}': see \`waterclock runs\``);
    }
    throw error;
  }
}
