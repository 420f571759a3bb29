import { defineEnvironment } from '@waterclock/infra';

/** small, and cheap while nothing runs; prod is another of these (see docs/deploy.md of waterclock) */
const dev = defineEnvironment({
  name: 'dev',
  region: 'eu-central-1',
  network: {
    cidr: '10.20.0.0/16',
    zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
    natGateways: 1,
    interfaceEndpoints: false,
  },
  lake: { stageDays: 3, rejectedDays: 30, supersededDays: 14, logDays: 30 },
  warehouse: {
    database: 'warehouse',
    baseCapacity: 8,
    maxCapacity: 8,
    usageLimit: { rpuHoursPerDay: 16, breach: 'deactivate' },
    snapshotDays: 7,
  },
  temporal: { kind: 'single', image: 'temporalio/temporal:1.7.0', size: { cpu: 512, memory: 1024 } },
  workers: {
    services: {
      worker: {
        roles: ['workflows', 'ingest', 'warehouse', 'transform'],
        size: { cpu: 1024, memory: 4096 },
        slots: { warehouse: 4, transform: 1 },
        tasks: 1,
      },
    },
    logDays: 14,
  },
  alarms: { backlog: 200, queuedQueries: 10, failedQueries: 10 },
  // the repository whose workflows may deploy
  delivery: { repository: 'example/my-platform' },
});

export const settings = { dev };
