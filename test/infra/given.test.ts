import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settings as environments } from '../../examples/infra/settings.js';
import { addEnvironment } from '../../infra/add-environment.js';
import { emptyApp } from '../../infra/app.js';
import { defineEnvironment } from '../../infra/settings.js';
import { resources, synthesize, type Template } from './templates.js';

const { prod, dev } = environments;
const secrets = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret';
const settings = defineEnvironment({
  ...prod,
  name: 'live',
  production: true,
  temporal: { kind: 'cloud', address: 'x.tmprl.cloud:7233', namespace: 'x.y' },
  lake: { ...prod.lake, rawBuckets: { 'shop-files': 'acme-prod-shop-files' } },
  alerts: {
    slack: `${secrets}:slack-AbCdEf`,
    email: { from: 'data@example.com', to: ['a@example.com', 'b@example.com'] },
  },
  workers: {
    ...prod.workers,
    settings: { WATERCLOCK_SOURCE_SHOP: 'https://staging.shop.example', SHOP_REGION: 'eu' },
    sourceQueues: ['https://sqs.eu-central-1.amazonaws.com/111122223333/orders'],
    secrets: { SHOP_TOKEN: { arn: `${secrets}:shop-AbCdEf`, field: 'token' } },
  },
});

interface Container {
  Environment?: { Name: string; Value: unknown }[];
  Secrets?: { Name: string; ValueFrom: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'wc-stage-'));
let templates: Record<string, Template>;
let protection: (boolean | undefined)[];
beforeAll(() => {
  const stage = new Stage(emptyApp(folder), 'team');
  addEnvironment(stage, settings);
  const { stacks } = stage.synth();
  templates = Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, template as Template]));
  protection = stacks.map(({ terminationProtection }) => terminationProtection);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const workers = (): Template => {
  const found = templates['waterclock-live-workers'];
  if (!found) throw new Error(`there are ${Object.keys(templates).join(', ')}`);
  return found;
};
const tasksWith = (name: string) =>
  resources(workers(), 'AWS::ECS::TaskDefinition')
    .filter(([, { Properties }]) => {
      const [main = {}] = Properties.ContainerDefinitions as Container[];
      return [...(main.Environment ?? []), ...(main.Secrets ?? [])].some(({ Name }) => Name === name);
    })
    .map(([id]) => id.replace(/Task[0-9A-F]{8}$/, ''));

test('the stacks of an environment keep their names within a stage of your own', () => {
  expect(Object.keys(templates)).toContain('waterclock-live-lake');
});

test('an environment of another name is production where it says so', () => {
  expect(new Set(protection)).toEqual(new Set([true]));
  const people = resources(templates['waterclock-live-access'] ?? { Resources: {} }, 'AWS::IAM::Role');
  const engineer = people.find(([id]) => id.startsWith('dataengineer'))?.[1].Properties.Tags;
  expect(engineer).toContainEqual({ Key: 'RedshiftDbRoles', Value: 'analyst' });
});

describe('what the settings give reaches the tasks that need it, and no others', () => {
  test.each([
    ['SHOP_TOKEN', ['ingest', 'Operator']],
    ['WATERCLOCK_ALERT_SLACK_URL', ['workflows']],
    ['WATERCLOCK_ALERT_EMAIL_FROM', ['workflows']],
    ['WATERCLOCK_ALERT_EMAIL_TO', ['workflows']],
    ['SHOP_REGION', ['workflows', 'ingest', 'warehouse', 'transform', 'Metrics', 'Operator']],
    ['WATERCLOCK_RAW_BUCKETS', ['workflows', 'ingest', 'warehouse', 'transform', 'Metrics', 'Operator']],
  ])('%s', (name, tasks) => {
    expect(new Set(tasksWith(name))).toEqual(new Set(tasks));
  });

  test('of the secret of a source tasks get the place, and never its value', () => {
    const text = JSON.stringify(workers());
    expect(text).toContain(`{"Name":"SHOP_TOKEN","Value":"${secrets}:shop-AbCdEf#token"}`);
    expect(text).toContain('{"Name":"WATERCLOCK_RAW_BUCKETS","Value":"shop-files=acme-prod-shop-files"}');
  });
});

test('tasks that extract take messages from the queues that the settings name', () => {
  const holders = resources(workers(), 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    JSON.stringify(Properties).includes(':sqs:eu-central-1:111122223333:orders'),
  );
  expect(holders.map(([id]) => id.replace(/DefaultPolicy.*/, ''))).toEqual(['ingestTaskRole']);
  expect(JSON.stringify(holders)).toContain('["sqs:ChangeMessageVisibility","sqs:DeleteMessage","sqs:ReceiveMessage"]');
});

test('alerts by e-mail may be sent from one address alone', () => {
  const holders = resources(workers(), 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    JSON.stringify(Properties).includes('ses:SendEmail'),
  );
  expect(holders.map(([id]) => id.replace(/DefaultPolicy.*/, ''))).toEqual(['workflowsTaskRole']);
  for (const [, { Properties }] of holders) {
    expect(JSON.stringify(Properties)).toContain('"Condition":{"StringEquals":{"ses:FromAddress":"data@example.com"}}');
  }
});

test.each([
  [
    { secrets: { TEMPORAL_API_KEY: `${secrets}:x-AbCdEf` } },
    'workers.secrets: the deployment sets TEMPORAL_API_KEY itself',
  ],
  [{ settings: { WATERCLOCK_ROLES: 'ingest' } }, 'workers.settings: the deployment sets WATERCLOCK_ROLES itself'],
  [
    { settings: { SHOP_TOKEN: 'x' }, secrets: { SHOP_TOKEN: `${secrets}:x-AbCdEf` } },
    'workers.settings and workers.secrets both give SHOP_TOKEN: keep one',
  ],
])('%j is refused', (given, message) => {
  const { temporal } = settings;
  expect(() => synthesize({ ...dev, temporal, workers: { ...dev.workers, ...given } })).toThrow(message);
});
