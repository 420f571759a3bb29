import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptsConnections } from '../../local/supervisor/ready.js';
import type { Service } from '../../local/supervisor/service.js';
import { kubeApi } from './api.js';

export interface ClusterPlace {
  /** of the programs */
  programs: string;
  state: string;
  ports: { etcd: number; peer: number; api: number };
}

const users = {
  admin: { groups: 'system:masters', name: 'admin' },
  manager: { groups: '', name: 'system:kube-controller-manager' },
  scheduler: { groups: '', name: 'system:kube-scheduler' },
  // plays every node
  kwok: { groups: 'system:masters', name: 'kwok' },
};
type User = keyof typeof users;

/** the control plane of a cluster, in the order in which it starts; RBAC, quotas and pod security are on, as on EKS */
export function clusterServices({ programs, state, ports }: ClusterPlace): { services: Service[]; kubeconfig: string } {
  const file = (name: string) => join(state, name);
  const tokens = Object.fromEntries(Object.keys(users).map((user) => [user, randomBytes(16).toString('hex')]));
  writeFileSync(
    file('tokens.csv'),
    Object.entries(users)
      .map(([user, { name, groups }]) => `${tokens[user]},${name},${user},"${groups}"\n`)
      .join(''),
    { mode: 0o600 },
  );
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file('accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('accounts.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const server = `https://127.0.0.1:${ports.api}`;
  // made by the server on its first start, signed by itself
  const certificate = file('apiserver.crt');
  const kubeconfigOf = (user: User) => {
    const path = file(`${user}.kubeconfig`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server, 'certificate-authority': certificate } }],
      users: [{ name: user, user: { token: tokens[user] } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user } }],
      'current-context': 'test',
    };
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  };
  const kubeconfig = kubeconfigOf('admin');
  const environment = { HOME: state };
  const program = (name: string, args: string[], ready: Service['ready']): Service => ({
    name,
    command: join(programs, name),
    args,
    environment,
    folder: state,
    ready,
  });
  const etcdAt = `http://127.0.0.1:${ports.etcd}`;
  const peerAt = `http://127.0.0.1:${ports.peer}`;
  const api = () => kubeApi(kubeconfig);

  const etcd = program(
    'etcd',
    [
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=${etcdAt}`,
      `--advertise-client-urls=${etcdAt}`,
      `--listen-peer-urls=${peerAt}`,
      `--initial-advertise-peer-urls=${peerAt}`,
      `--initial-cluster=default=${peerAt}`,
      '--unsafe-no-fsync',
      '--log-level=error',
    ],
    acceptsConnections(ports.etcd),
  );
  const apiServer = program(
    'kube-apiserver',
    [
      `--etcd-servers=${etcdAt}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${ports.api}`,
      `--cert-dir=${state}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('accounts.pub')}`,
      `--service-account-signing-key-file=${file('accounts.key')}`,
      `--token-auth-file=${file('tokens.csv')}`,
      '--anonymous-auth=false',
      '--authorization-mode=RBAC',
      '--enable-admission-plugins=PodNodeSelector',
    ],
    async () => existsSync(certificate) && (await (await api()).text('/readyz')) === 'ok',
  );
  const manager = program(
    'kube-controller-manager',
    [
      `--kubeconfig=${kubeconfigOf('manager')}`,
      `--service-account-private-key-file=${file('accounts.key')}`,
      `--root-ca-file=${certificate}`,
      '--use-service-account-credentials',
      '--leader-elect=false',
      '--secure-port=0',
    ],
    // the first thing that pods need of it
    async () => (await (await api()).list('/api/v1/namespaces/default/serviceaccounts')).length > 0,
  );
  const scheduler = program(
    'kube-scheduler',
    [`--kubeconfig=${kubeconfigOf('scheduler')}`, '--leader-elect=false', '--secure-port=0'],
    async () => true,
  );
  const kwok = program(
    'kwok',
    [
      `--kubeconfig=${kubeconfigOf('kwok')}`,
      '--manage-all-nodes=false',
      '--manage-nodes-with-label-selector=type=kwok',
      // without it a node is given up after 40 s
      '--node-lease-duration-seconds=40',
      `--config=${join(import.meta.dirname, 'stages.yaml')}`,
    ],
    async () => readFileSync(file('kwok.log'), 'utf8').length > 0,
  );
  return { services: [etcd, apiServer, manager, scheduler, kwok], kubeconfig };
}
