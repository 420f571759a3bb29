import type { ObjectRef } from '../model/plan.js';
import { hashOf, type ObjectStore } from './object-store.js';

/** bytes that a process keeps of them together, and of one */
const mostBytes = 16 * 1024 * 1024;
const largest = 1024 * 1024;

/**
 * a store that keeps the JSON that this process has written or read lately: a step need not fetch what the step before it
 * has just stored. Only what is asked for by its hash is given from memory, so another writer's object is never mistaken
 */
export function rememberingStore(store: ObjectStore): ObjectStore {
  /** the one used longest ago comes first */
  const kept = new Map<string, Uint8Array>();
  let bytes = 0;

  function keep(name: string, body: Uint8Array): void {
    if (body.length > largest) return;
    bytes += body.length - (kept.get(name)?.length ?? 0);
    kept.delete(name);
    kept.set(name, body);
    for (const [oldest, { length }] of kept) {
      if (bytes <= mostBytes) break;
      kept.delete(oldest);
      bytes -= length;
    }
  }

  return {
    ...store,
    async put(ref, body) {
      await store.put(ref, body);
      if (typeof body === 'string') keep(nameOf(ref, hashOf(body)), Buffer.from(body));
    },
    async get(ref) {
      const name = ref.hash === undefined ? undefined : nameOf(ref, ref.hash);
      const found = name === undefined ? undefined : kept.get(name);
      const body = found ?? (await store.get(ref));
      if (name !== undefined && (found || hashOf(body) === ref.hash)) keep(name, body);
      return body;
    },
  };
}

const nameOf = ({ bucket, key }: ObjectRef, hash: string) => `${bucket}/${key} ${hash}`;
