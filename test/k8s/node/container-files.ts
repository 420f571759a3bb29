import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KubeApi, KubeError, type KubeObject } from '../api.js';
import type { Pod, Variable } from './pod.js';

/** what an image brings; a process is started from it */
export interface Image {
  /** its working directory */
  folder: string;
  /** of its ENV */
  environment: Record<string, string>;
  /** programs by the name that containers call them by, as words to put in its place */
  programs: Record<string, string[]>;
}

export interface Prepared {
  command: string[];
  environment: Record<string, string>;
}

/** folders of a pod's volumes, and its container's command and variables with the paths and addresses of this machine */
export async function prepareContainer(
  api: KubeApi,
  pod: Pod,
  image: Image,
  place: { folder: string; address: string },
): Promise<Prepared> {
  const [container] = pod.spec.containers;
  const data = async (kind: 'secrets' | 'configmaps', name: string) => {
    const object = await api.get(`/api/v1/namespaces/${pod.metadata.namespace}/${kind}/${name}`);
    return object['data'] as Record<string, string> | undefined;
  };
  const mounts = new Map<string, string>();
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const folder = join(place.folder, name);
    mkdirSync(folder, { recursive: true });
    mounts.set(mountPath, folder);
    const secret = pod.spec.volumes?.find((volume) => volume.name === name)?.secret?.secretName;
    for (const [key, value] of Object.entries((secret && (await data('secrets', secret))) || {}))
      writeFileSync(join(folder, key), Buffer.from(value, 'base64'), { mode: 0o600 });
  }
  /** another pod may listen on the same port, and has a `/tmp` of its own */
  const here = (value: string) => {
    const [mountPath, folder] = [...mounts].find(([path]) => value === path || value.startsWith(`${path}/`)) ?? [];
    return mountPath && folder
      ? `${folder}${value.slice(mountPath.length)}`
      : value.replace(/^0\.0\.0\.0:/, `${place.address}:`);
  };
  const given: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, pod, data);
    if (value !== undefined) given[variable.name] = value;
  }
  const environment: Record<string, string> = { PATH: process.env['PATH'] ?? '', HOSTNAME: pod.metadata.name };
  for (const [name, value] of Object.entries({ ...image.environment, ...given })) environment[name] = here(value);
  // where programs put their own
  const tmp = mounts.get('/tmp');
  if (tmp) environment['TMPDIR'] ??= tmp;
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  return { command: commandOf(command, image), environment };
}

/** `tini` is for containers; the image's programs are elsewhere here */
export function commandOf(words: string[], { programs }: Image): string[] {
  const [program = '', ...args] = words.slice(words[0] === 'tini' ? 2 : 0);
  const known = programs[program];
  if (!known) throw new Error(`exec: "${program}": executable file not found in $PATH`);
  return [...known, ...args];
}

type Data = (kind: 'secrets' | 'configmaps', name: string) => Promise<Record<string, string> | undefined>;

/** undefined where it is optional and absent */
async function valueOf({ name, value, valueFrom = {} }: Variable, pod: Pod, data: Data): Promise<string | undefined> {
  const { secretKeyRef: secret, configMapKeyRef: map, fieldRef } = valueFrom;
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath);
  const from = secret ?? map;
  if (!from) return value ?? '';
  const asked = data(secret ? 'secrets' : 'configmaps', from.name);
  const found = (await (from.optional ? asked.catch(isAbsent) : asked))?.[from.key];
  if (found !== undefined) return secret ? Buffer.from(found, 'base64').toString() : found;
  if (from.optional) return undefined;
  throw new Error(`couldn't find key ${from.key} in ${secret ? 'Secret' : 'ConfigMap'} ${from.name}, for ${name}`);
}

function isAbsent(error: unknown): undefined {
  if (!(error instanceof KubeError && error.status === 404)) throw error;
}

function fieldOf(pod: KubeObject, path: string): string {
  let value: unknown = pod;
  for (const field of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[field];
  return typeof value === 'string' ? value : '';
}
