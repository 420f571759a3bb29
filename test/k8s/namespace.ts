import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeApi } from './api.js';

export interface Namespace {
  name: string;
  /** paths of all objects in it, of every kind that the server has, sorted: what a cluster adds by itself too */
  objects(): Promise<string[]>;
  remove(): Promise<void>;
}

/** what the server notes of others, and lets go in an hour */
const passing = ['events'];

/** a namespace where pods must be `restricted`, on nodes with a label: `type=kwok`, or `kubernetes.io/hostname=<node>` */
export async function newNamespace(api: KubeApi, name: string, nodes: string): Promise<Namespace> {
  const restricted = ['enforce', 'warn', 'audit'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']);
  await api.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: Object.fromEntries(restricted) as Record<string, string>,
      annotations: { 'scheduler.alpha.kubernetes.io/node-selector': nodes },
    },
  });
  const path = `/api/v1/namespaces/${name}`;
  // what every namespace gets
  const isPrepared = async () =>
    (await api.list(`${path}/serviceaccounts`)).length > 0 && (await api.list(`${path}/configmaps`)).length > 0;
  while (!(await isPrepared())) await sleep(100);
  return {
    name,
    async objects() {
      const lists = await Promise.all(
        (await kinds(api)).map(async ({ group, resource }) =>
          (await api.list(`${group}/namespaces/${name}/${resource}`)).map(
            ({ metadata }) => `${resource}/${metadata.name}`,
          ),
        ),
      );
      return lists.flat().sort();
    },
    async remove() {
      await api.delete(path).catch(() => undefined);
    },
  };
}

interface ResourceList {
  resources: { name: string; namespaced: boolean; verbs: string[] }[];
}

/** every kind of object that a namespace can have */
async function kinds(api: KubeApi): Promise<{ group: string; resource: string }[]> {
  const { groups } = (await api.get('/apis')) as unknown as {
    groups: { preferredVersion: { groupVersion: string } }[];
  };
  const paths = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = await Promise.all(
    paths.map(async (group) => {
      const { resources } = (await api.get(group)) as unknown as ResourceList;
      return resources
        .filter(({ name, namespaced, verbs }) => namespaced && verbs.includes('list') && !passing.includes(name))
        .map(({ name: resource }) => ({ group, resource }));
    }),
  );
  return lists.flat();
}
