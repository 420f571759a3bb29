import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type KubeApi, kubeApi } from './api.js';
import { type Namespace, newNamespace } from './namespace.js';
import { type ProcessNode, processNode } from './node/node.js';
import type { Pod } from './node/pod.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-node-'));
const pods = '/api/v1/namespaces/node/pods';
const image = { folder, environment: { OF_IMAGE: 'image' }, programs: { node: [process.execPath] } };

describe.skipIf(process.platform !== 'linux')('a node whose pods are processes (on Linux only)', () => {
  let api: KubeApi;
  let namespace: Namespace;
  let node: ProcessNode;
  beforeAll(async () => {
    api = await kubeApi(inject('kubeconfig'));
    namespace = await newNamespace(api, 'node', 'kubernetes.io/hostname=of-a-test');
    node = await processNode({
      api,
      name: 'of-a-test',
      folder,
      images: (name) => (name === 'local/node' ? image : undefined),
    });
  });
  afterAll(async () => {
    await node?.close();
    await namespace?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** as the namespace wants it */
  const start = (name: string, program: string, container: object = {}, spec: object = {}) =>
    api.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'main',
            image: 'local/node',
            command: ['tini', '--', 'node', '-e', program],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            ...container,
          },
        ],
        ...spec,
      },
    });
  const read = async (name: string) => (await api.get(`${pods}/${name}`)) as Pod;
  const statusOf = async (name: string) =>
    (await read(name)).status as {
      phase: string;
      conditions: { type: string; status: string }[];
      containerStatuses?: { restartCount: number; state: Record<string, { exitCode?: number; reason?: string }> }[];
    };
  const phase = async (name: string) => (await statusOf(name)).phase;
  const isReady = async (name: string) =>
    (await statusOf(name)).conditions.find(({ type }) => type === 'Ready')?.status === 'True';
  const happened = (name: string) => node.events.filter(({ pod }) => pod === `node/${name}`).map(({ what }) => what);

  test('a container has the variables of its image, of its pod, of secrets, config maps and fields, and no others', async () => {
    await api.create('/api/v1/namespaces/node/secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'given' },
      stringData: { key: 'secret' },
    });
    await api.create('/api/v1/namespaces/node/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'given' },
      data: { key: 'map' },
    });
    const env = [
      { name: 'PLAIN', value: 'plain' },
      { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'given', key: 'key' } } },
      { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'given', key: 'key' } } },
      { name: 'FIELD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'OPTIONAL', valueFrom: { secretKeyRef: { name: 'absent', key: 'key', optional: true } } },
    ];
    await start('variables', 'console.log(JSON.stringify(process.env))', { env }, { restartPolicy: 'Never' });
    await expect.poll(() => phase('variables')).toBe('Succeeded');
    const { PATH: _path, ...seen } = JSON.parse(node.log('node/variables')) as Record<string, string>;
    expect(seen).toEqual({
      HOSTNAME: 'variables',
      OF_IMAGE: 'image',
      PLAIN: 'plain',
      SECRET: 'secret',
      MAP: 'map',
      FIELD: 'variables',
    });
  });

  test('a container whose secret is missing waits for it', async () => {
    const env = [{ name: 'SECRET', valueFrom: { secretKeyRef: { name: 'later', key: 'key' } } }];
    await start('waits', 'process.exit(3)', { env }, { restartPolicy: 'Never' });
    const state = async () => (await statusOf('waits')).containerStatuses?.[0]?.state;
    await expect.poll(state).toMatchObject({ waiting: { reason: 'CreateContainerConfigError' } });
    await api.create('/api/v1/namespaces/node/secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'later' },
      stringData: { key: 'secret' },
    });
    await expect.poll(state).toMatchObject({ terminated: { exitCode: 3 } });
    expect(await phase('waits')).toBe('Failed');
  });

  test('a pod is ready as its probe says, by the port of its own address', async () => {
    const program = `require('node:http').createServer((_, to) => to.end()).listen(8080, process.env.LISTEN.split(':')[0])`;
    const container = {
      env: [{ name: 'LISTEN', value: '0.0.0.0:8080' }],
      ports: [{ name: 'web', containerPort: 8080 }],
      readinessProbe: { httpGet: { port: 'web' }, periodSeconds: 1 },
    };
    for (const name of ['one', 'two']) await start(name, program, container, { terminationGracePeriodSeconds: 1 });
    await expect.poll(() => isReady('one')).toBe(true);
    await expect.poll(() => isReady('two')).toBe(true);
  });

  test('a container that fails its liveness probe is restarted, though it stays', async () => {
    const livenessProbe = {
      exec: { command: ['node', '-e', 'process.exit(1)'] },
      periodSeconds: 1,
      failureThreshold: 2,
    };
    const program = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000)`;
    await start('sick', program, { livenessProbe }, { terminationGracePeriodSeconds: 1 });
    const restarts = async () => (await statusOf('sick')).containerStatuses?.[0]?.restartCount;
    await expect.poll(restarts, { timeout: 20_000 }).toBe(1);
    expect(happened('sick').slice(0, 6)).toEqual(['starts', 'ready', 'unhealthy', 'SIGTERM', 'SIGKILL', 'ends']);
  });

  test('a pod that is deleted has its grace to end by itself, and is killed after it', async () => {
    const stubborn = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('up')`;
    const polite = `process.on('SIGTERM', () => setTimeout(process.exit, 500)); setInterval(() => undefined, 1000); console.log('up')`;
    for (const [name, program] of Object.entries({ stubborn, polite })) {
      await start(name, program, {}, { terminationGracePeriodSeconds: 2 });
      await expect.poll(() => phase(name)).toBe('Running');
      await expect.poll(() => node.log(`node/${name}`)).toContain('up');
      await api.delete(`${pods}/${name}`);
      await expect.poll(() => read(name).catch(() => 'gone')).toBe('gone');
    }
    expect(happened('stubborn')).toEqual(['starts', 'ready', 'SIGTERM', 'SIGKILL', 'ends']);
    expect(happened('polite')).toEqual(['starts', 'ready', 'SIGTERM', 'ends']);
  });
});
