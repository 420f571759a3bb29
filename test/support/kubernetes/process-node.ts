import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { KubernetesPlace } from '../../../tasks/kubernetes/place.js';
import { kubelet, type FullPod } from './kubelet.js';

interface Options {
  place: KubernetesPlace;
  namespace: string;
  images: Record<string, string>;
  environment: Record<string, string>;
}

export type Ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => Promise<unknown>;

/** requests to a real API server; what it refuses is thrown */
export function asking(place: KubernetesPlace): Ask {
  const dispatcher = new Agent({ connect: place.tls ?? {} });
  return async (method, path, body) => {
    const { statusCode, body: answer } = await request(`${place.server}${path}`, {
      dispatcher,
      method,
      headers: {
        authorization: `Bearer ${await place.token()}`,
        'content-type': method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
}

/** a node of a real cluster, whose pods are processes here; the API server asks it for their lines */
export async function processNode({ place, namespace, images, environment }: Options) {
  const ask = asking(place);
  const name = `tasks-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-node-'));
  const closing = new AbortController();
  const known = new Map<string, FullPod>();
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const node = kubelet({
    images,
    environment,
    secret: (secret, key) => secrets[`${secret}/${key}`],
    async onStatus(pod, status) {
      await ask('PATCH', `${pods}/${pod.metadata.name}/status`, {
        status: { ...status, containerStatuses: status.containerStatuses?.map(full) },
      }).catch(() => undefined);
    },
  });
  const full = (one: object) => ({ image: 'etl', imageID: 'etl', ready: false, restartCount: 0, ...one });
  const secrets: Record<string, string> = {};
  const files = ['key.pem', 'cert.pem'].map((file) => join(folder, file));
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=node',
      '-keyout',
      files[0] ?? '',
      '-out',
      files[1] ?? '',
    ],
    { stdio: 'ignore' },
  );
  const [key, cert] = files.map((file) => readFileSync(file, 'utf8'));
  const server = createServer({ key: key ?? '', cert: cert ?? '' }, (asked, response) => {
    const { pathname, searchParams } = new URL(asked.url ?? '', 'https://node');
    const [, pod = ''] = /^\/containerLogs\/[^/]+\/([^/]+)\//.exec(pathname) ?? [];
    const since = searchParams.get('sinceTime') ?? '';
    void (async () => {
      response.flushHeaders();
      for await (const line of node.log(pod, { since, follow: searchParams.get('follow') === 'true' }))
        response.write(line);
      response.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await ask('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { type: 'process' } },
  });

  async function sayWell(): Promise<void> {
    const capacity = { cpu: '64', memory: '256Gi', pods: '200' };
    const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'Ready',
      message: '',
      lastHeartbeatTime: at,
      lastTransitionTime: at,
    };
    await ask('PATCH', `/api/v1/nodes/${name}/status`, {
      status: {
        capacity,
        allocatable: capacity,
        conditions: [ready],
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      },
    });
  }

  async function look(): Promise<void> {
    const { items } = (await ask('GET', `${pods}?fieldSelector=spec.nodeName%3D${name}`)) as { items: FullPod[] };
    for (const pod of items) {
      const { name: podName, deletionTimestamp } = pod.metadata;
      if (deletionTimestamp !== undefined) {
        void node
          .stop(podName)
          .then(() => ask('DELETE', `${pods}/${podName}`, { gracePeriodSeconds: 0 }).catch(() => undefined));
      } else if (!known.has(podName)) {
        known.set(podName, pod);
        void node.run(pod);
      }
    }
  }

  await sayWell();
  const looking = (async () => {
    for (let count = 1; !closing.signal.aborted; count++) {
      await look().catch(() => undefined);
      if (count % 50 === 0) await sayWell().catch(() => undefined);
      await sleep(100);
    }
  })();
  return {
    name,
    secrets,
    started: () => node.started(),
    async close(): Promise<void> {
      closing.abort();
      await looking;
      await node.close();
      server.closeAllConnections();
      server.close();
      await ask('DELETE', `/api/v1/nodes/${name}`).catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
