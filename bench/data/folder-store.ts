import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ObjectStore } from '../../lake/object-store.js';
import type { ObjectRef } from '../../model/plan.js';

/** objects as files: what is measured in process is the work, not a server */
export function folderStore(folder: string): ObjectStore {
  const path = ({ bucket, key }: ObjectRef) => join(folder, bucket, key);
  const room = async (ref: ObjectRef) => {
    await mkdir(dirname(path(ref)), { recursive: true });
    return path(ref);
  };
  return {
    put: async (ref, body) => writeFile(await room(ref), body),
    async upload(ref, body) {
      const file = createWriteStream(await room(ref));
      await pipeline(Readable.from(body, { objectMode: false }), file);
      return file.bytesWritten;
    },
    get: (ref) => readFile(path(ref)),
    range: async (ref, start, end) => (await readFile(path(ref))).subarray(start, end),
    tag: () => Promise.resolve(),
    async *list({ bucket, key }, after = '') {
      const names = await readdir(join(folder, bucket), { recursive: true }).catch(() => []);
      for (const name of names.toSorted((a, b) => (a < b ? -1 : 1)))
        if (name.startsWith(key) && name > after) yield { key: name, modified: 0, bytes: 0 };
    },
    stream: async (ref) => createReadStream(path(ref), { highWaterMark: 1024 * 1024 }),
    exists: (ref) =>
      access(path(ref)).then(
        () => true,
        () => false,
      ),
  };
}
