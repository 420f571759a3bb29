import { defineEnvironment } from '@waterclock/infra';
import { dev } from '../dev.js';
import { oneWorker } from './one-worker.js';

/** dev of a small team, in place of `../dev.ts`: docs/cost.md says what it costs, docs/deploy.md what it gives up */
export const smallDev = defineEnvironment({
  ...dev,
  network: { ...dev.network, natGateways: 0 },
  warehouse: { ...dev.warehouse, baseCapacity: 4, maxCapacity: 8 },
  temporal: { kind: 'single', image: 'temporalio/temporal:1.7.0', size: { cpu: 256, memory: 1024 } },
  workers: {
    ...dev.workers,
    services: oneWorker,
    detailedMetrics: false,
    spot: true,
  },
});
