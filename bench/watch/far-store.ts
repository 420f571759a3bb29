import { setTimeout } from 'node:timers/promises';
import type { ObjectStore } from '../../lake/object-store.js';
import { TerminalError } from '../../model/errors.js';
import type { ObjectRef } from '../../model/plan.js';

/** keys of one answer to a listing, as S3 has it */
const pageKeys = 1_000;

export interface Requests {
  list: number;
  get: number;
  put: number;
  head: number;
}

/** an object store in memory that answers as a far one does and counts requests; a folder's keys are kept in order */
export function farStore(ms: number): { store: ObjectStore; requests: Requests } {
  const requests: Requests = { list: 0, get: 0, put: 0, head: 0 };
  const objects = new Map<string, Uint8Array>();
  const folders = new Map<string, string[]>();
  const notUsed = () => Promise.reject(new Error('the watch does not ask for this'));

  function add({ key }: ObjectRef, body: Uint8Array | string): void {
    if (!objects.has(key)) {
      const folder = key.slice(0, key.lastIndexOf('/') + 1);
      const keys = folders.get(folder) ?? [];
      folders.set(folder, keys);
      keys.splice(firstAbove(keys, key), 0, key);
    }
    objects.set(key, typeof body === 'string' ? Buffer.from(body) : body);
  }

  const store: ObjectStore = {
    async put(ref, body) {
      requests.put++;
      await setTimeout(ms);
      add(ref, body);
    },
    async get({ bucket, key }) {
      requests.get++;
      await setTimeout(ms);
      const body = objects.get(key);
      if (!body) throw new TerminalError('ManifestMissing', `s3://${bucket}/${key} does not exist`);
      return body;
    },
    async exists({ key }) {
      requests.head++;
      await setTimeout(ms);
      return objects.has(key);
    },
    async *list({ key: folder }, after = '') {
      const keys = folders.get(folder) ?? [];
      let at = firstAbove(keys, after);
      do {
        requests.list++;
        await setTimeout(ms);
        for (const key of keys.slice(at, at + pageKeys)) yield { key, modified: 0, bytes: 0 };
        at += pageKeys;
      } while (at < keys.length);
    },
    upload: notUsed,
    range: notUsed,
    stream: notUsed,
    tag: notUsed,
  };
  return { store, requests };
}

/** index of the first key above this one */
function firstAbove(keys: string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') > key) high = middle;
    else low = middle + 1;
  }
  return low;
}
