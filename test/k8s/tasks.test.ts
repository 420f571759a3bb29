import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubernetesPlace } from '../../tasks/kubernetes/place.js';
import { kubernetesRunner } from '../../tasks/kubernetes/runner.js';
import { asking, processNode, type Ask } from '../support/kubernetes/process-node.js';
import { follow, readFrom, runnerContract, type Stage } from '../unit/tasks/runner-contract.js';

// oxlint-disable-next-line node/no-process-env
const { PATH = '' } = process.env;

describe('tasks as Jobs of a real API server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-kubernetes-'));
  const namespace = `tasks-${process.pid}`;
  let ask: Ask;
  let node: Awaited<ReturnType<typeof processNode>>;
  let stage: Stage;
  let results = 0;

  beforeAll(async () => {
    const place = await kubernetesPlace({ KUBECONFIG: inject('kubeconfig') });
    ask = asking(place);
    await ask('POST', '/api/v1/namespaces', {
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    for (;;) if (((await ask('GET', account)) as { items: [] }).items.length > 0) break;
    // the worker has what the chart gives it, and no more
    const rules = [
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get', 'delete'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      { apiGroups: [''], resources: ['events'], verbs: ['list'] },
    ];
    const rights = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await ask('POST', account, { metadata: { name: 'worker' } });
    await ask('POST', `${rights}/roles`, { metadata: { name: 'tasks' }, rules });
    await ask('POST', `${rights}/rolebindings`, {
      metadata: { name: 'tasks' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tasks' },
      subjects: [{ kind: 'ServiceAccount', name: 'worker', namespace }],
    });
    const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
    const given = (await ask('POST', `${account}/worker/token`, asked)) as { status: { token: string } };
    const environment = { PATH, RESULTS: folder };
    node = await processNode({ place, namespace, images: { 'etl:1': resolve('test/support') }, environment });
    const read = readFrom(folder);
    const pod = { spec: { nodeSelector: { 'kubernetes.io/hostname': node.name } } };
    const settings = { namespace, pod: { spec: { nodeName: node.name } }, spotPod: pod, secrets: {} };
    stage = {
      runner: kubernetesRunner({
        settings,
        place: { ...place, token: () => Promise.resolve(given.status.token) },
        read,
        lookEvery: 200,
      }),
      command: (...does) => ({
        command: ['node', 'task-program.mjs', ...does],
        container: { image: 'etl:1', family: 'shop-extract', cpu: 256, memory: 512 },
        resultAt: { bucket: 'raw', key: `result-${++results}` },
        grace: 1_000,
      }),
      started: () => node.started(),
    };
  }, 60_000);
  afterAll(async () => {
    await ask?.('DELETE', `/api/v1/namespaces/${namespace}`);
    await node?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  runnerContract('a Job of a real API server', () => stage);

  test('what the API server does not take fails at once, in its own words', async () => {
    const refused = await follow(stage, ['exit=0'], { order: { environment: { '': 'x' } } });
    expect(refused.error).toMatchObject({ name: 'TaskRefused', message: expect.stringContaining('env') });
  });

  test('an image that is not there fails at once, and its Job is gone', async () => {
    const container = { image: 'etl:2', family: 'missing', cpu: 256, memory: 512 };
    const { error } = await follow(stage, ['exit=0'], { order: { container } });
    expect(error).toMatchObject({ name: 'TaskRefused', message: expect.stringContaining('etl:2: not found') });
    const { items } = (await ask('GET', `/apis/batch/v1/namespaces/${namespace}/jobs`)) as {
      items: { metadata: { name: string } }[];
    };
    expect(items.filter(({ metadata }) => metadata.name.startsWith('missing'))).toEqual([]);
  });

  test('a task that outlasts its step is stopped by Kubernetes', async () => {
    const { error } = await follow(stage, ['polite', 'sleep=60000'], { order: { timeout: 2_000 } });
    expect(error).toMatchObject({ message: expect.stringContaining('it took longer than its step may') });
  });

  test('a task that is evicted with its node is tried again', async () => {
    const order = { ...stage.command('out=begins', 'sleep=60000'), id: 'evicted-1', name: 'x' };
    let isEvicted = false;
    const { error } = await follow(stage, [], {
      order,
      onLine() {
        if (isEvicted) return;
        isEvicted = true;
        void (async () => {
          const path = `/api/v1/namespaces/${namespace}/pods`;
          const { items } = (await ask('GET', path)) as {
            items: { metadata: { name: string }; status: { phase: string } }[];
          };
          const [pod] = items.filter(({ status }) => status.phase === 'Running');
          await ask('POST', `${path}/${pod?.metadata.name}/eviction`, {
            apiVersion: 'policy/v1',
            kind: 'Eviction',
            metadata: { name: pod?.metadata.name, namespace },
          });
        })();
      },
    });
    expect(error).toMatchObject({ name: 'TransientError', message: expect.stringMatching(/lost its (node|pod)/) });
  });

  test('a quota that is full says so, and the task may come later', async () => {
    const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
    await ask('POST', path, { metadata: { name: 'full' }, spec: { hard: { 'count/jobs.batch': '0' } } });
    await sleep(1_000);
    const { error } = await follow(stage, ['exit=0']);
    await ask('DELETE', `${path}/full`);
    expect(error).toMatchObject({ name: 'TransientError', message: expect.stringContaining('exceeded quota') });
  });
});
