import { expect, test } from 'vitest';
import { z } from 'zod';
import { settings as environments } from '../../examples/infra/settings.js';
import { bearer, defineEntity, definePipeline, defineProject, http, s3Objects, secret } from '../../index.js';
import { checkProject } from '../../infra/project/check.js';
import type { EnvironmentSettings } from '../../infra/settings.js';

const { dev } = environments;
const orders = defineEntity({ name: 'orders', mode: 'append', schema: z.object({ id: z.string().max(20) }) });
const common = { description: 'orders of a shop', schedule: { every: '1 hour' }, entities: [orders] };
const records = { form: 'json', at: 'orders' } as const;

const shop = definePipeline({
  ...common,
  name: 'shop',
  source: http({ url: 'https://shop.example/orders', auth: bearer(secret('SHOP_TOKEN')), records }),
  alerts: { failed: ['slack', 'log'], late: ['email'], rejected: ['sns'] },
});
const till = definePipeline({
  ...common,
  name: 'till',
  source: s3Objects({ bucket: 'till-uploads', prefix: 'orders/', modifiedIn: 'interval', region: 'eu-central-1' }),
  rawBucket: 'till-files',
  waitFor: { marker: 's3://till-markers/{dt}/done', timeout: '1 hour' },
});
const project = defineProject({
  pipelines: [shop, till],
  builds: [{ name: 'daily', every: '1 day', select: 'tag:daily', alerts: { failed: ['webhook'] } }],
});

const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf';
const whole: EnvironmentSettings = {
  ...dev,
  lake: { ...dev.lake, rawBuckets: { 'till-files': 'acme-dev-till-files' } },
  alerts: { slack: arn, webhook: { arn, field: 'webhook' }, email: { from: 'a@example.com', to: ['b@example.com'] } },
  workers: {
    ...dev.workers,
    secrets: { SHOP_TOKEN: arn },
    sourceBuckets: ['till-uploads', 'till-markers'],
    settings: { WATERCLOCK_SOURCE_SHOP: 'https://staging.shop.example', WATERCLOCK_SOURCE_MOST_BYTES: '1000' },
  },
};

test('settings that name all that the definitions need are taken', () => {
  expect(() => checkProject(project, whole)).not.toThrow();
});

test('everything that they lack is said at once', () => {
  const bare: EnvironmentSettings = {
    ...whole,
    lake: { ...dev.lake, rawBuckets: {} },
    alerts: {},
    workers: { ...dev.workers, settings: { WATERCLOCK_SOURCE_SHOPP: 'https://staging.shop.example' } },
  };
  expect(() => checkProject(project, bare)).toThrow(
    [
      'the settings of dev lack what definitions need:',
      'shop: it names the secret SHOP_TOKEN, which is not in workers.secrets: put its value into Secrets Manager and the ARN there',
      'shop: alerts.failed goes to slack, and alerts.slack is not set: set it',
      'shop: alerts.late goes to email, and alerts.email is not set: set it',
      "till: its rawBucket till-files is not in lake.rawBuckets: add it there, as in { 'till-files': '<a name that nobody has>' }",
      'till: its source reads the bucket till-uploads, which is not in workers.sourceBuckets: add it there',
      'till: its waitFor.marker reads the bucket till-markers, which is not in workers.sourceBuckets: add it there',
      'build:daily: alerts.failed goes to webhook, and alerts.webhook is not set: set it',
      'workers.settings: WATERCLOCK_SOURCE_SHOPP is not the variable of a pipeline; those of the project are WATERCLOCK_SOURCE_SHOP, WATERCLOCK_SOURCE_TILL',
    ].join('\n  '),
  );
});

test('a queue that the settings do not name is said', () => {
  const queue = 'https://sqs.eu-central-1.amazonaws.com/111122223333/orders';
  const source = s3Objects({
    bucket: 'till-uploads',
    prefix: 'orders/',
    timeFrom: { events: queue },
    region: 'eu-central-1',
  });
  const told = defineProject({ pipelines: [definePipeline({ ...common, name: 'told', source })] });
  const named = (sourceQueues: string[]) => ({ ...whole, workers: { ...whole.workers, settings: {}, sourceQueues } });
  expect(() => checkProject(told, named([queue]))).not.toThrow();
  expect(() => checkProject(told, named([]))).toThrow(
    `told: its source reads the queue ${queue}, which is not in workers.sourceQueues: add it there`,
  );
});

test('an anonymous source needs no permission on its bucket', () => {
  const source = s3Objects({
    bucket: 'public-uploads',
    prefix: 'orders/',
    modifiedIn: 'interval',
    region: 'eu-central-1',
    anonymous: true,
  });
  const open = definePipeline({ ...common, name: 'open', source });
  expect(() => checkProject(defineProject({ pipelines: [open] }), dev)).not.toThrow();
});

test('a role that a source assumes is named in the settings, and its bucket and queue are not', () => {
  const role = 'arn:aws:iam::444455556666:role/read-drop';
  const source = s3Objects({
    bucket: 'drop',
    prefix: 'orders/',
    timeFrom: { events: 'https://sqs.eu-central-1.amazonaws.com/444455556666/drop' },
    region: 'eu-central-1',
    role,
  });
  const drop = defineProject({ pipelines: [definePipeline({ ...common, name: 'drop', source })] });
  const named = (sourceRoles: string[]) => ({ ...whole, workers: { ...whole.workers, settings: {}, sourceRoles } });
  expect(() => checkProject(drop, named([role]))).not.toThrow();
  expect(() => checkProject(drop, named([]))).toThrow(
    `drop: its source assumes the role ${role}, which is not in workers.sourceRoles: add it there`,
  );
});
