import { join } from 'node:path';
import { inject } from 'vitest';
import './provided.js';
import './quiet.js';

/** the workflows of today as containers have them, for a worker in the test's process */
export function builtWorkflows(): { codePath: string } {
  return { codePath: join(inject('stack').program, 'worker/workflow-bundle.js') };
}
