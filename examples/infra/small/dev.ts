import { defineEnvironment } from '@waterclock/infra';
import { dev } from '../dev.js';

/** dev of a small team, in place of `../dev.ts`: docs/cost.md says what it costs, docs/deploy.md what it gives up */
export const smallDev = defineEnvironment({
  ...dev,
  network: { ...dev.network, natGateways: 0 },
  warehouse: { ...dev.warehouse, baseCapacity: 4, maxCapacity: 8 },
  temporal: { kind: 'single', image: 'temporalio/temporal:1.7.0', size: { cpu: 256, memory: 1024 } },
  workers: {
    ...dev.workers,
    services: {
      worker: {
        roles: ['workflows', 'ingest', 'warehouse', 'transform'],
        size: { cpu: 1024, memory: 4096 },
        slots: { warehouse: 4, transform: 1 },
        tasks: { onDemand: 1 },
      },
    },
    detailedMetrics: false,
    spot: true,
  },
});
