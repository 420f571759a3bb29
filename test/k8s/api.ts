import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string }[];
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

export class KubeError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export type KubeApi = Awaited<ReturnType<typeof kubeApi>>;

/** the API server of a kubeconfig with a token, by its paths: `/api/v1/namespaces/data/pods` */
export async function kubeApi(kubeconfig: string) {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: { server: string; 'certificate-authority': string } }];
    users: [{ user: { token: string } }];
  };
  const { server, 'certificate-authority': authority } = clusters[0].cluster;
  const dispatcher = new Agent({ connect: { ca: readFileSync(authority) } });
  const { token } = users[0].user;

  async function ask(method: string, path: string, content?: unknown, type = 'application/json') {
    const send = () =>
      request(`${server}${path}`, {
        method: method as 'GET',
        dispatcher,
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
        ...(content !== undefined && { body: JSON.stringify(content) }),
      });
    let { statusCode, body, headers } = await send();
    // a kind of object that the server has just heard of
    while (statusCode === 429) {
      await body.dump();
      await sleep(500);
      ({ statusCode, body, headers } = await send());
    }
    const text = await body.text();
    if (statusCode >= 300) throw new KubeError(`${method} ${path}: ${statusCode} ${text.slice(0, 2_000)}`, statusCode);
    return { text, warnings: [headers['warning'] ?? []].flat() };
  }
  const parsed = async (...words: Parameters<typeof ask>) => JSON.parse((await ask(...words)).text) as KubeObject;

  return {
    text: async (path: string) => (await ask('GET', path)).text,
    get: (path: string) => parsed('GET', path),
    async list(path: string): Promise<KubeObject[]> {
      return ((await parsed('GET', path)) as unknown as { items: KubeObject[] }).items;
    },
    create: (path: string, object: object) => parsed('POST', path, object),
    /** a strategic merge, as kubectl has it */
    patch: (path: string, change: object) => parsed('PATCH', path, change, 'application/strategic-merge-patch+json'),
    /** at once where `grace` is 0 */
    delete: (path: string, grace?: number) =>
      ask('DELETE', path, {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Background',
        ...(grace !== undefined && { gracePeriodSeconds: grace }),
      }),
    /** what the server says against an object, which it does not make */
    async warnings(path: string, object: object): Promise<string[]> {
      const dry = `${path}?dryRun=All&fieldValidation=Strict`;
      return (await ask('POST', dry, object)).warnings;
    },
  };
}
