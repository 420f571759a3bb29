import { expect, test } from 'vitest';
import { settings as environments } from '../../examples/infra/settings.js';
import { defineEnvironment } from '../../infra/settings.js';
import type { EnvironmentInput } from '../../infra/settings/input.js';

const { dev, prod } = environments;

test('every problem is told at once, by path', () => {
  const wrong = {
    ...dev,
    region: 'Frankfurt',
    account: '123',
    network: { ...dev.network, natGateways: 4 },
    lake: { ...dev.lake, stageDays: 0 },
  };
  expect(() => defineEnvironment(wrong)).toThrow(
    /region: .*; account: .*; network\.natGateways: .*; lake\.stageDays: /s,
  );
});

const { services } = dev.workers;
const worker = services.worker;
if (!worker) throw new Error('dev has no worker');

test.each([
  [
    'a zone of another region',
    { ...dev, network: { ...dev.network, zones: ['eu-central-1a', 'eu-central-1b', 'us-east-1a'] } },
    'us-east-1a is not in eu-central-1',
  ],
  [
    'two zones, which Redshift Serverless refuses',
    { ...dev, network: { ...dev.network, zones: ['eu-central-1a', 'eu-central-1b'] } },
    'network.zones: must be three different zones: Redshift Serverless takes subnets of three',
  ],
  [
    'one zone twice',
    { ...dev, network: { ...dev.network, zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1b'] } },
    'must be three different zones',
  ],
  ['a name that Redshift would refuse', { ...dev, name: 'My_Env' }, 'name: must be a name like dev'],
  ['an unknown key', { ...dev, colour: 'blue' }, 'colour'],
  [
    'a task that Fargate does not offer',
    { ...dev, workers: { ...dev.workers, services: { worker: { ...worker, size: { cpu: 256, memory: 8192 } } } } },
    'fargate has no task',
  ],
  [
    'a role nobody has',
    {
      ...dev,
      workers: { ...dev.workers, services: { worker: { ...worker, roles: ['workflows', 'ingest', 'warehouse'] } } },
    },
    'one service must have the role transform, got 0',
  ],
  [
    'a role two have',
    { ...dev, workers: { ...dev.workers, services: { worker, other: { ...worker, roles: ['ingest'] } } } },
    'the role ingest, got 2',
  ],
  [
    'a pool that scales',
    { ...dev, workers: { ...dev.workers, services: { worker: { ...worker, tasks: { min: 1, max: 2 } } } } },
    'slots x tasks is the pool',
  ],
  [
    'a warehouse whose most is less than its base',
    { ...dev, warehouse: { ...dev.warehouse, maxCapacity: 4 } },
    'must be at least baseCapacity',
  ],
  ['a secret by name', { ...prod, temporal: { ...prod.temporal, workerToken: 'token' } }, 'the whole ARN of a secret'],
  [
    'two raw buckets of one name',
    { ...dev, lake: { ...dev.lake, rawBuckets: { 'shop-files': 'acme-files', 'till-files': 'acme-files' } } },
    'lake.rawBuckets: two names have the same bucket',
  ],
  [
    'a raw bucket that S3 would refuse',
    { ...dev, lake: { ...dev.lake, rawBuckets: ['Shop_Files'] } },
    'lake.rawBuckets: must be names of buckets: each has 3 to 63',
  ],
  [
    'a secret of a source by its name',
    { ...dev, workers: { ...dev.workers, secrets: { SHOP_TOKEN: 'shop-token' } } },
    'workers.secrets.SHOP_TOKEN: must be the whole ARN of a secret',
  ],
  ['e-mail to nobody', { ...dev, alerts: { email: { from: 'data@example.com', to: [] } } }, 'alerts.email.to'],
  ['a repository without an owner', { ...dev, delivery: { repository: 'waterclock' } }, 'must be owner/name'],
])('%s is refused', (_, input, message) => {
  expect(() => defineEnvironment(input as EnvironmentInput)).toThrow(message);
});

test.each(Object.entries(environments))('%s is valid, and is again when it is read twice', (name, settings) => {
  expect(settings.name).toBe(name);
  expect(defineEnvironment(settings)).toEqual(settings);
});

test('a list of raw buckets has the same names in definitions', () => {
  const { lake } = defineEnvironment({ ...dev, lake: { ...dev.lake, rawBuckets: ['shop-files'] } });
  expect(lake.rawBuckets).toEqual({ 'shop-files': 'shop-files' });
});
