import type { WorkerOptions } from '@temporalio/worker';
import type { Role } from '../model/roles.js';
import type { Settings } from '../model/settings.js';

type Slots = Pick<WorkerOptions, 'tuner' | 'maxConcurrentActivityTaskExecutions'>;

/** steps that ingest is always given, however busy the machine: CPU that others use must not stop it */
const leastIngest = 8;
/** what the orchestration waits for costs no more than a timer each */
const waiting = 1_000;

/** how many steps of a role run at once in one worker */
export function slotsOf(role: Role, { slots }: Settings['worker']): Slots {
  if (role === 'workflows') return { maxConcurrentActivityTaskExecutions: waiting };
  if (role !== 'ingest') return { maxConcurrentActivityTaskExecutions: slots[role] };
  const { most, memory, cpu } = slots.ingest;
  const none = { type: 'fixed-size', numSlots: 1 } as const;
  return {
    tuner: {
      activityTaskSlotSupplier: {
        type: 'resource-based',
        tunerOptions: { targetMemoryUsage: memory, targetCpuUsage: cpu },
        minimumSlots: Math.min(leastIngest, most),
        maximumSlots: most,
      },
      workflowTaskSlotSupplier: none,
      localActivityTaskSlotSupplier: none,
      nexusTaskSlotSupplier: none,
    },
  };
}
