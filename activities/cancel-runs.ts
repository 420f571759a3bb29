import { WorkflowNotFoundError } from '@temporalio/client';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function cancelRuns({ client }: Pick<Dependencies, 'client'>): Activities['cancelRuns'] {
  return async ({ runs }) => {
    for (const run of runs) {
      await client.workflow
        .getHandle(run)
        .cancel()
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
    }
  };
}
