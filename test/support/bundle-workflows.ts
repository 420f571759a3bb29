import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import './quiet.js';

/** the workflows of today, from their source */
export function bundleWorkflows(): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, '../../workflows'),
    logger: new DefaultLogger('ERROR'),
  });
}
