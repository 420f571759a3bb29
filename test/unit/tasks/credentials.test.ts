import { expect, test } from 'vitest';
import { policyFor, taskCredentials } from '../../../tasks/credentials.js';

const prefix = { bucket: 'lake', key: 'raw/orders/dt=2026-11-24/r/task-00001/' };

test('credentials of a role are narrowed to writing below the prefix of the try', () => {
  const policy = JSON.parse(policyFor('arn:aws-cn:iam::123456789012:role/tasks', prefix)) as { Statement: object[] };
  expect(policy.Statement[0]).toEqual({
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
    Resource: 'arn:aws-cn:s3:::lake/raw/orders/dt=2026-11-24/r/task-00001/*',
  });
});

test('without a role a task gets the keys that the worker has in variables, and where S3 is', async () => {
  const environment = { AWS_ACCESS_KEY_ID: 'key', AWS_REGION: 'eu-central-1', AWS_PROFILE: 'mine', OTHER: 'x' };
  expect(await taskCredentials(environment, undefined, prefix)).toEqual({
    AWS_ACCESS_KEY_ID: 'key',
    AWS_REGION: 'eu-central-1',
  });
});
