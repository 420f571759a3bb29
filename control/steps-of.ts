import type { WorkflowHandle } from '@temporalio/client';
import type { StepOutcome } from '../model/step-outcome.js';
import type { Temporal } from './temporal.js';

/** ms that a worker has to answer */
const patience = 5000;

/** the steps of a run from its workflow; undefined when no worker is there to tell, or when it is of an earlier version */
export async function stepsOf({ client }: Temporal, handle: WorkflowHandle): Promise<StepOutcome[] | undefined> {
  try {
    return await client.withDeadline(Date.now() + patience, () => handle.query<StepOutcome[]>('steps'));
  } catch {
    return undefined;
  }
}
