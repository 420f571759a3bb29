import { defineEnvironment } from '@waterclock/infra';

const secrets = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret';
const signIn = 'https://login.example.com';

/** every part twice, kept when its stack goes; example.com, the zone and the account of the organisation are yours to fill in */
export const prod = defineEnvironment({
  name: 'prod',
  region: 'eu-central-1',
  network: {
    cidr: '10.30.0.0/16',
    zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
    natGateways: 3,
    interfaceEndpoints: true,
  },
  lake: { rawBuckets: ['door2door-files'], stageDays: 7, rejectedDays: 180, supersededDays: 30, logDays: 365 },
  warehouse: {
    database: 'warehouse',
    baseCapacity: 16,
    maxCapacity: 64,
    usageLimit: { rpuHoursPerDay: 384, breach: 'emit-metric' },
    snapshotDays: 35,
  },
  temporal: {
    kind: 'self-hosted',
    version: '1.31.0',
    uiVersion: '2.49.1',
    tasks: { frontend: 2, internalFrontend: 2, history: 2, matching: 2, worker: 2 },
    size: { cpu: 512, memory: 1024 },
    database: { minCapacity: 1, maxCapacity: 8 },
    hostnames: { frontend: 'temporal.waterclock.example.com', webUi: 'runs.waterclock.example.com' },
    zone: { id: 'Z0000000EXAMPLE', name: 'waterclock.example.com' },
    identity: {
      issuer: signIn,
      authorizationEndpoint: `${signIn}/authorize`,
      tokenEndpoint: `${signIn}/oauth/token`,
      userInfoEndpoint: `${signIn}/userinfo`,
      jwks: `${signIn}/.well-known/jwks.json`,
      permissionsClaim: 'permissions',
      audience: 'https://temporal.waterclock.example.com',
      clientId: 'waterclock',
      clientSecret: `${secrets}:web-ui-client-secret-AbCdEf`,
    },
    workerToken: `${secrets}:temporal-token-AbCdEf`,
  },
  workers: {
    services: {
      workflows: { roles: ['workflows'], size: { cpu: 512, memory: 2048 }, tasks: 2 },
      ingest: { roles: ['ingest'], size: { cpu: 2048, memory: 8192 }, tasks: { min: 2, max: 10 } },
      warehouse: { roles: ['warehouse'], size: { cpu: 512, memory: 2048 }, slots: { warehouse: 4 }, tasks: 2 },
      transform: { roles: ['transform'], size: { cpu: 1024, memory: 4096 }, slots: { transform: 2 }, tasks: 1 },
    },
    logDays: 90,
  },
  alarms: { email: 'on-call@example.com', backlog: 500, queuedQueries: 10, failedQueries: 20 },
  delivery: { repository: 'example/waterclock' },
});
