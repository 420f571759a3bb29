import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

/** the workflows of today, as a worker in the test's process takes them */
export function bundleWorkflows(): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, '../../workflows'),
    logger: new DefaultLogger('ERROR'),
  });
}
