import type { ObjectStore } from '../../lake/object-store.js';
import { arrowTable, toParquet, type ArrowTable, type FileForm } from '../../lake/parquet.js';
import type { WrittenFile } from '../../model/plan.js';

/** of Arrow, before compression: a larger part is cut, so that warehouses load its files side by side */
const fileBytes = 64 * 1024 * 1024;
/** of Parquet: a file that stays below waits to be joined with those of other parts; COPY is advised to have none smaller */
const smallFile = 1024 * 1024;
/** a file that stays below is one request: S3 takes no smaller piece of an upload */
const smallUpload = 5 * 1024 * 1024;

export interface FilePlace {
  store: ObjectStore;
  bucket: string;
  form: FileForm;
  /** of the nth file, where readers find it */
  key(file: number): string;
  /** where a small one waits; absent where there is nothing to join it with */
  waitingKey?: (file: number) => string;
}

/** the rows of one table as Parquet files that are written while a part is read; no rows, no file */
export function partFiles(place: FilePlace) {
  const files: WrittenFile[] = [];
  let open: ReturnType<typeof oneFile> | undefined;

  async function close(): Promise<void> {
    if (open) files.push(await open.close());
    open = undefined;
  }

  return {
    /** an Arrow IPC stream; waits until the writer has begun with the one before, and throws where it cannot go on */
    async add(ipc: Uint8Array, rows: number): Promise<void> {
      open ??= oneFile(place, files.length);
      await open.add(ipc, rows);
      if (open.arrowBytes() >= fileBytes) await close();
    },
    async close(): Promise<WrittenFile[]> {
      await close();
      return files;
    },
    /** after a fault of the part */
    abandon: (): Promise<void> => open?.abandon() ?? Promise.resolve(),
  };
}

function oneFile({ store, bucket, form, key, waitingKey }: FilePlace, file: number) {
  const { readable, writable } = new TransformStream<ArrowTable, ArrowTable>(
    undefined,
    new CountQueuingStrategy({ highWaterMark: 1 }),
    new CountQueuingStrategy({ highWaterMark: 0 }),
  );
  const writer = writable.getWriter();
  const written = write();
  // thrown where it is awaited
  for (const promise of [written, writer.closed]) promise.catch(() => undefined);
  let rows = 0;
  let arrow = 0;

  return {
    arrowBytes: () => arrow,
    async add(ipc: Uint8Array, count: number): Promise<void> {
      rows += count;
      arrow += ipc.length;
      await Promise.race([writer.ready.catch(() => written), written]);
      writer.write(arrowTable(ipc)).catch(() => undefined);
    },
    async close(): Promise<WrittenFile> {
      writer.close().catch(() => undefined);
      return { ...(await written), rows };
    },
    async abandon(): Promise<void> {
      await writer.abort(new Error('the part cannot be read to its end')).catch(() => undefined);
      await written.catch(() => undefined);
    },
  };

  async function write(): Promise<Omit<WrittenFile, 'rows'>> {
    const parquet = toParquet(readable, form)[Symbol.asyncIterator]();
    const pieces: Uint8Array[] = [];
    for (let bytes = 0; bytes < smallUpload;) {
      const next = await parquet.next();
      if (next.done) {
        const waits = waitingKey !== undefined && bytes < smallFile;
        const ref = { bucket, key: (waits ? waitingKey : key)(file) };
        await store.put(ref, Buffer.concat(pieces));
        return { key: ref.key, bytes, ...(waits && { waits }) };
      }
      pieces.push(next.value);
      bytes += next.value.length;
    }
    const ref = { bucket, key: key(file) };
    return { key: ref.key, bytes: await store.upload(ref, all(pieces, parquet)) };
  }
}

async function* all(begun: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  for (let piece = begun.shift(); piece; piece = begun.shift()) yield piece;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
