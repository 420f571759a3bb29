import { expect, test } from 'vitest';
import { readSettings } from '../../../model/settings.js';

const required = {
  WATERCLOCK_LAKE_BUCKET: 'lake',
  WATERCLOCK_REDSHIFT_DATABASE: 'warehouse',
  WATERCLOCK_REDSHIFT_WORKGROUP: 'local',
  WATERCLOCK_COPY_ROLE_ARN: 'arn:aws:iam::123456789012:role/copy',
};
const tasksOf = (given: Record<string, string>) => readSettings({ ...required, ...given }).tasks;

test('Kubernetes has a namespace, and what pods and secrets there are', () => {
  const given = {
    WATERCLOCK_KUBERNETES_NAMESPACE: 'data',
    WATERCLOCK_KUBERNETES_POD: '{"spec":{"serviceAccountName":"tasks"}}',
    WATERCLOCK_KUBERNETES_SECRETS: 'SHOP_TOKEN=sources/shop-token, OTHER=a/b.c/d',
  };
  expect(tasksOf(given)).toEqual({
    kubernetes: {
      namespace: 'data',
      pod: { spec: { serviceAccountName: 'tasks' } },
      spotPod: {},
      secrets: { SHOP_TOKEN: { secret: 'sources', key: 'shop-token' }, OTHER: { secret: 'a', key: 'b.c/d' } },
    },
  });
});

test.each<[Record<string, string>, string]>([
  [{ WATERCLOCK_KUBERNETES_POD: '[]' }, 'WATERCLOCK_KUBERNETES_POD must be a JSON object'],
  [{ WATERCLOCK_KUBERNETES_SPOT_POD: '{' }, 'WATERCLOCK_KUBERNETES_SPOT_POD must be a JSON object'],
  [{ WATERCLOCK_KUBERNETES_SECRETS: 'TOKEN' }, 'must be NAME=<secret>/<key>, by commas, got TOKEN'],
  [
    { WATERCLOCK_ECS_CLUSTER: 'default' },
    'set one of WATERCLOCK_ECS_CLUSTER, WATERCLOCK_KUBERNETES_NAMESPACE and WATERCLOCK_BATCH_QUEUE',
  ],
])('%j is refused', (given, says) => {
  expect(() => tasksOf({ WATERCLOCK_KUBERNETES_NAMESPACE: 'data', ...given })).toThrow(says);
});

test('Docker is asked for by one setting, and may have a network', () => {
  expect(tasksOf({})).toEqual({});
  expect(tasksOf({ WATERCLOCK_DOCKER: 'true' })).toEqual({ docker: { network: 'host' } });
  expect(tasksOf({ WATERCLOCK_DOCKER: 'true', WATERCLOCK_DOCKER_NETWORK: 'etl' }).docker).toEqual({ network: 'etl' });
});
