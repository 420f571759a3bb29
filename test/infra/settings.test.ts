import { expect, test } from 'vitest';
import { environments } from '../../infra/environments/index.js';
import { readEnvironment } from '../../infra/settings.js';

const { dev, prod } = environments;

test('every problem is told at once, by path', () => {
  const wrong = {
    ...dev,
    region: 'Frankfurt',
    account: '123',
    network: { ...dev.network, natGateways: 4 },
    lake: { ...dev.lake, stageDays: 0 },
  };
  expect(() => readEnvironment(wrong)).toThrow(/region: .*; account: .*; network\.natGateways: .*; lake\.stageDays: /s);
});

const { services } = dev.workers;
const worker = services.worker;
if (!worker) throw new Error('dev has no worker');

test.each([
  [
    'a zone of another region',
    { ...dev, network: { ...dev.network, zones: ['eu-central-1a', 'us-east-1a'] } },
    'us-east-1a is not in eu-central-1',
  ],
  [
    'more NAT gateways than zones',
    { ...dev, network: { ...dev.network, zones: ['eu-central-1a', 'eu-central-1b'], natGateways: 3 } },
    'at most one a zone, got 3',
  ],
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
  ['a repository without an owner', { ...dev, delivery: { repository: 'waterclock' } }, 'must be owner/name'],
])('%s is refused', (_, input, message) => {
  expect(() => readEnvironment(input)).toThrow(message);
});

test.each(Object.entries(environments))('%s is valid', (name, input) => {
  expect(readEnvironment(input).name).toBe(name);
});
