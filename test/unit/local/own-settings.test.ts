import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownSettings, withProjectFile } from '../../../local/own-settings.js';

test('addresses of sources and alerts are taken, what says how another stack is reached is named', () => {
  const settings = ownSettings({
    WATERCLOCK_SOURCE_ORDERS: 'http://127.0.0.1:1/orders',
    WATERCLOCK_ALERT_SLACK_URL: 'https://hooks.example/x',
    WATERCLOCK_TRANSFORM_SLOTS: '4',
    WATERCLOCK_LAKE_BUCKET: 'prod',
    WATERCLOCK_ALERT_SNS_TOPIC_ARN: 'arn',
    WATERCLOCK_PORT_S3: '9100',
    WATERCLOCK_CACHE: '/c',
    TEMPORAL_ADDRESS: 'prod:7233',
    AWS_PROFILE: 'prod',
    AWS_REGION: '',
    SHOP_TOKEN: 'secret',
  });
  expect(Object.keys(settings.taken)).toEqual([
    'WATERCLOCK_SOURCE_ORDERS',
    'WATERCLOCK_ALERT_SLACK_URL',
    'WATERCLOCK_TRANSFORM_SLOTS',
    'WATERCLOCK_CACHE',
  ]);
  expect(settings.ignored).toEqual([
    'AWS_PROFILE',
    'TEMPORAL_ADDRESS',
    'WATERCLOCK_ALERT_SNS_TOPIC_ARN',
    'WATERCLOCK_LAKE_BUCKET',
  ]);
});

test("the project's .env is read, and the environment goes before it", () => {
  const project = mkdtempSync(join(tmpdir(), 'own-settings-'));
  const own = { SHOP_TOKEN: 'mine', EMPTY: undefined };
  expect(withProjectFile(own, project)).toBe(own);
  writeFileSync(join(project, '.env'), 'SHOP_TOKEN=file\nOTHER_TOKEN="of the file"\nEMPTY=filled\n');
  expect(withProjectFile(own, project)).toEqual({ SHOP_TOKEN: 'mine', OTHER_TOKEN: 'of the file', EMPTY: 'filled' });
  rmSync(project, { recursive: true });
});
