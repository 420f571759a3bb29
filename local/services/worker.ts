import { hasWritten } from '../supervisor/ready.js';
import type { Service } from '../supervisor/service.js';
import { workerMemory } from '../worker-memory.js';
import { nodeService } from './node-service.js';

export function worker(environment: Record<string, string>): Service {
  return nodeService('waterclock', 'worker/main', {
    name: 'worker',
    environment: { ...environment, ...workerMemory },
    ready: hasWritten('worker ready'),
    // activities in flight are told and given time to leave
    grace: 10_000,
  });
}
