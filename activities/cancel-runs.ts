import { WorkflowNotFoundError } from '@temporalio/client';
import { attributes } from '../model/attributes.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function cancelRuns({ client }: Pick<Dependencies, 'client'>): Activities['cancelRuns'] {
  return async ({ runs, trigger, since }) => {
    for (const run of runs) {
      const handle = client.workflow.getHandle(run);
      try {
        const { status, startTime, typedSearchAttributes, runId } = await handle.describe();
        const isOwn =
          (!trigger || typedSearchAttributes.get(attributes.Trigger) === trigger) &&
          (!since || startTime.getTime() >= Date.parse(since));
        if (status.name === 'RUNNING' && isOwn) await client.workflow.getHandle(run, runId).cancel();
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    }
  };
}
