import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftovers, testsFolder } from '../../local/leftovers.js';
import { freePort } from '../../local/ports.js';
import { stackFile, writePrivate } from '../../local/state-file.js';
import { identify } from '../../local/supervisor/process-identity.js';
import { supervise, type Supervised } from '../../local/supervisor/supervise.js';
import { type KubeApi, kubeApi } from './api.js';
import { installDefinitions } from './operators.js';
import { kubernetesPrograms } from './programs.js';
import { clusterServices } from './services.js';

export interface Cluster {
  /** its only user may do everything */
  kubeconfig: string;
  close(): Promise<void>;
}

/** a control plane on free ports of 127.0.0.1, with two nodes that kwok plays; what a killed one left is ended first */
export async function startCluster(onLine: (line: string) => void): Promise<Cluster> {
  const programs = await kubernetesPrograms();
  await endLeftovers();
  const state = join(testsFolder(), `k8s-${process.pid}-${Date.now()}`);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const ports = { etcd: await freePort(), peer: await freePort(), api: await freePort() };
  const { services, kubeconfig } = clusterServices({ programs, state, ports });
  const running: Supervised[] = [];

  /** what the next start ends, should this process be killed */
  const note = () =>
    writePrivate(stackFile(state), {
      supervisor: identify(process.pid),
      state,
      webUi: '',
      ports: {},
      environment: {},
      services: running.flatMap((one) => {
        const identity = one.identity();
        return identity ? [{ ...identity, name: one.service.name }] : [];
      }),
    });
  const close = async () => {
    for (const one of running.toReversed()) await one.stop({ now: one.service.name === 'etcd' });
    rmSync(state, { recursive: true, force: true });
  };
  try {
    for (const service of services) {
      await supervise(service, join(state, `${service.name}.log`), {
        onHandle: (handle) => running.push(handle),
        onSpawn: note,
        onLine,
        onGivenUp: (failure) => onLine(failure.message),
      });
      note();
    }
    const api = await kubeApi(kubeconfig);
    await installDefinitions(api, join(programs, 'crds'));
    await addNodes(api);
  } catch (error) {
    await close();
    throw error;
  }
  return { kubeconfig, close };
}

async function addNodes(api: KubeApi): Promise<void> {
  for (const zone of ['a', 'b']) {
    await api.create('/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: `kwok-${zone}`,
        labels: { type: 'kwok', 'kubernetes.io/arch': 'amd64', 'topology.kubernetes.io/zone': `eu-central-1${zone}` },
      },
    });
  }
  const isReady = async () => {
    const nodes = await api.list('/api/v1/nodes');
    return nodes.every(({ spec }) => ((spec?.['taints'] as unknown[] | undefined) ?? []).length === 0);
  };
  for (const end = Date.now() + 60_000; !(await isReady());) {
    if (Date.now() > end) throw new Error('the nodes that kwok plays were not ready after 60 s');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
