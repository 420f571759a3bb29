import type { ObjectStore } from '../lake/object-store.js';
import { TerminalError } from '../model/errors.js';
import type { ObjectRef } from '../model/plan.js';

export interface MemoryStore extends ObjectStore {
  keys(): string[];
  tags(): Record<string, Record<string, string>>;
  delete(ref: ObjectRef): void;
}

/** an object store in memory */
export function memoryStore(): MemoryStore {
  const objects = new Map<string, Uint8Array>();
  const tags = new Map<string, Record<string, string>>();
  const name = ({ bucket, key }: ObjectRef) => `${bucket}/${key}`;
  async function get(ref: ObjectRef): Promise<Uint8Array> {
    const body = objects.get(name(ref));
    if (!body) throw new TerminalError('ManifestMissing', `s3://${name(ref)} does not exist`);
    return body;
  }
  return {
    put: async (ref, body) => void objects.set(name(ref), typeof body === 'string' ? Buffer.from(body) : body),
    async upload(ref, body) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      objects.set(name(ref), Buffer.concat(chunks));
      return Buffer.concat(chunks).length;
    },
    get,
    range: async (ref, start, end) => (await get(ref)).subarray(start, end),
    stream: async (ref) => {
      const body = await get(ref);
      return (async function* () {
        yield body;
      })();
    },
    exists: async (ref) => objects.has(name(ref)),
    async *list({ bucket, key }, after = '') {
      const keys = [...objects.keys()].map((name) => name.slice(bucket.length + 1)).sort();
      for (const found of keys) {
        const body = objects.get(`${bucket}/${found}`);
        if (body && found.startsWith(key) && found > after) yield { key: found, modified: 0, bytes: body.length };
      }
    },
    tag: async (ref, carried) => void tags.set(name(ref), carried),
    tags: () => Object.fromEntries(tags),
    delete: (ref) => void objects.delete(name(ref)),
    keys: () => [...objects.keys()].sort(),
  };
}
