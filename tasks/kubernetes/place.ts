import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Agent } from 'undici';
import { TerminalError } from '../../model/errors.js';

/** where the API server is, and who asks it */
export interface KubernetesPlace {
  server: string;
  tls: Agent.Options['connect'];
  /** read at each request: those of a pod are replaced within the hour */
  token(): Promise<string | undefined>;
}

type Environment = Record<string, string | undefined>;

/** where Kubernetes mounts what a pod asks the API server with */
const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';

/** the cluster that this worker is a pod of, or the current context of KUBECONFIG */
export async function kubernetesPlace(environment: Environment): Promise<KubernetesPlace> {
  const { KUBECONFIG: file, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment;
  if (file) return fromKubeconfig(file);
  if (!host) throw refused('this worker is not a pod of Kubernetes, and KUBECONFIG is not set');
  const token = () => readFile(`${mounted}/token`, 'utf8');
  await token().catch(() => {
    throw refused(`this pod has no token of its service account in ${mounted} (\`automountServiceAccountToken\`)`);
  });
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: { ca: await readFile(`${mounted}/ca.crt`, 'utf8') },
    token: async () => (await token()).trim(),
  };
}

const refused = (why: string) => new TerminalError('TaskRefused', `no API server of Kubernetes: ${why}`);

interface Kubeconfig {
  'current-context'?: string;
  contexts?: { name: string; context: { cluster: string; user: string } }[];
  clusters?: { name: string; cluster: Record<string, string> & { server: string } }[];
  users?: { name: string; user: Record<string, string> & { exec?: unknown } }[];
}

async function fromKubeconfig(file: string): Promise<KubernetesPlace> {
  const { parse } = await import('yaml');
  const config = parse(await readFile(file, 'utf8')) as Kubeconfig;
  const context = config.contexts?.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context?.user)?.user;
  if (!cluster || !user) throw refused(`${file} has no current context with a cluster and a user`);
  if (user.exec) throw refused(`${file} gets its token from a program: give the worker a service account instead`);
  const text = async (from: Record<string, string>, name: string) => {
    const given = from[`${name}-data`];
    if (given !== undefined) return Buffer.from(given, 'base64').toString();
    return from[name] === undefined ? undefined : readFile(resolve(dirname(file), from[name]), 'utf8');
  };
  const ca = await text(cluster, 'certificate-authority');
  const cert = await text(user, 'client-certificate');
  const key = await text(user, 'client-key');
  return {
    server: cluster.server.replace(/\/$/, ''),
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
    token: async () => user['token'],
  };
}
