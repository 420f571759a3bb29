import { defineEnvironment } from '@waterclock/infra';
import { prod } from '../prod.js';
import { oneWorker } from './one-worker.js';

/** prod of a small team with Temporal Cloud, in place of `../prod.ts` */
export const smallProd = defineEnvironment({
  ...prod,
  network: { ...prod.network, natGateways: 1, interfaceEndpoints: false },
  warehouse: {
    ...prod.warehouse,
    baseCapacity: 4,
    maxCapacity: 16,
    usageLimit: { rpuHoursPerDay: 32, breach: 'emit-metric' },
  },
  temporal: { kind: 'cloud', address: 'eu-central-1.aws.api.temporal.io:7233', namespace: 'waterclock.a1b2c' },
  workers: {
    ...prod.workers,
    services: oneWorker,
    detailedMetrics: false,
  },
});
