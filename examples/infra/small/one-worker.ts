import type { EnvironmentInput } from '@waterclock/infra';

/** one worker for all kinds of work, which runs while there is some */
export const oneWorker: EnvironmentInput['workers']['services'] = {
  worker: {
    roles: ['workflows', 'ingest', 'warehouse', 'transform'],
    size: { cpu: 1024, memory: 4096 },
    slots: { warehouse: 4, transform: 1 },
    tasks: { onDemand: 1 },
  },
};
