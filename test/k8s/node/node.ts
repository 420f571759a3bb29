import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeApi } from '../api.js';
import { commandOf, type Image } from './container-files.js';
import { nameOf, type Pod } from './pod.js';
import { type Happening, type RunningPod, runPod } from './running-pod.js';

export interface Event {
  at: number;
  pod: string;
  what: Happening;
  detail: string;
}

export interface ProcessNode {
  /** of all its pods, oldest first */
  events: readonly Event[];
  pods(): Pod[];
  /** what a pod has written, also one that is gone: by `namespace/name` */
  log(pod: string): string;
  /** as `kubectl exec` */
  exec(pod: string, words: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  close(): Promise<void>;
}

interface NodeOptions {
  api: KubeApi;
  name: string;
  /** for logs and volumes */
  folder: string;
  images(name: string): Image | undefined;
}

const heartbeatEvery = 10_000;

/** a node in place of a kubelet and its containers: pods that the scheduler gives it run as processes of this machine,
 * without namespaces of Linux: no read-only root, no user of their own, no network policy. On Linux alone, whose
 * loopback has an address for each pod */
export async function processNode({ api, name, folder, images }: NodeOptions): Promise<ProcessNode> {
  mkdirSync(folder, { recursive: true });
  const running = new Map<string, RunningPod>();
  const logs = new Map<string, string>();
  const events: Event[] = [];
  let addresses = 0;
  const closing = new AbortController();

  const isThere = () => isWell(api, name);
  await api.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        type: 'process',
        'kubernetes.io/hostname': name,
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': 'eu-central-1a',
      },
    },
  });
  await isThere();

  function begin(pod: Pod): void {
    addresses += 1;
    const key = nameOf(pod);
    const uid = pod.metadata.uid ?? '';
    const one = runPod(pod, {
      api,
      folder,
      image: images(pod.spec.containers[0].image),
      address: `127.88.0.${addresses}`,
      podIp: `10.244.0.${addresses}`,
      onHappening: (what, detail) => events.push({ at: Date.now(), pod: key, what, detail }),
      onGone: () => running.delete(uid),
    });
    running.set(uid, one);
    logs.set(key, one.log);
  }

  async function look(): Promise<void> {
    const here = (await api.list(`/api/v1/pods?fieldSelector=spec.nodeName=${name}`)) as Pod[];
    for (const pod of here) {
      const { uid = '', deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
      const known = running.get(uid);
      const isOver = pod.status?.['phase'] === 'Succeeded' || pod.status?.['phase'] === 'Failed';
      if (!known && !deletionTimestamp && !isOver) begin(pod);
      if (known && deletionTimestamp) known.end(deletionGracePeriodSeconds ?? 30);
    }
    const names = new Set(here.map(({ metadata }) => metadata.uid));
    // deleted at once, without grace
    for (const [uid, one] of running) {
      if (names.has(uid)) continue;
      running.delete(uid);
      await one.kill();
    }
  }

  const looking = (async () => {
    let heartbeat = Date.now();
    while (!closing.signal.aborted) {
      await look().catch(
        (error: unknown) => void (closing.signal.aborted || console.error(`node ${name}: ${String(error)}`)),
      );
      if (Date.now() > heartbeat + heartbeatEvery) {
        heartbeat = Date.now();
        await isThere().catch(() => undefined);
      }
      await sleep(200);
    }
  })();

  return {
    events,
    pods: () => [...running.values()].map(({ pod }) => pod),
    log: (pod) => readFileSync(logs.get(pod) ?? '', 'utf8'),
    exec(pod, words) {
      const one = [...running.values()].find((some) => nameOf(some.pod) === pod);
      const prepared = one?.prepared();
      if (!one || !prepared) throw new Error(`${pod} does not run here`);
      const [program = '', ...args] = commandOf(words, one.image);
      const child = spawn(program, args, { cwd: one.image.folder, env: prepared.environment });
      const said = { code: -1, stdout: '', stderr: '' };
      child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
      return new Promise((resolve) => child.once('close', (code) => resolve({ ...said, code: code ?? -1 })));
    },
    async close() {
      closing.abort();
      await looking;
      for (const one of running.values()) await one.kill();
      await api.delete(`/api/v1/nodes/${name}`).catch(() => undefined);
    },
  };
}

/** as the kubelet says every few seconds, or its pods would be taken elsewhere */
async function isWell(api: KubeApi, name: string): Promise<void> {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const capacity = { cpu: '64', memory: '256Gi', pods: '200', 'ephemeral-storage': '1Ti' };
  await api.patch(`/api/v1/nodes/${name}/status`, {
    status: {
      capacity,
      allocatable: capacity,
      conditions: ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
        type,
        status: type === 'Ready' ? 'True' : 'False',
        reason: 'IsWell',
        message: 'a process of the tests',
        lastHeartbeatTime: time,
        lastTransitionTime: time,
      })),
    },
  });
}
