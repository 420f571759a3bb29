import {
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { TerminalError } from '../model/errors.js';
import type { ObjectRef } from '../model/plan.js';

export interface ObjectStore {
  put(ref: ObjectRef, body: Uint8Array | string): Promise<void>;
  /** a body of any size in bounded memory; returns its bytes */
  upload(ref: ObjectRef, body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<number>;
  /** whole object; for manifests and bounded parts */
  get(ref: ObjectRef): Promise<Uint8Array>;
  /** bytes from `start` up to `end`, which is not included */
  range(ref: ObjectRef, start: number, end: number): Promise<Uint8Array>;
  stream(ref: ObjectRef, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  exists(ref: ObjectRef): Promise<boolean>;
  /** objects under a prefix in the order of their keys, those above `after`; a request for each thousand. `modified` is epoch ms */
  list(prefix: ObjectRef, after?: string): AsyncIterable<{ key: string; modified: number; bytes: number }>;
  /** in the place of what it carried; not on every server: some take the tags for the object */
  tag(ref: ObjectRef, tags: Record<string, string>): Promise<void>;
}

/** of 5 MB, of each upload: a thread may write a file of each table at once */
const piecesAtOnce = 2;

export interface S3Options {
  forcePathStyle: boolean;
}

export function s3Store({ forcePathStyle }: S3Options): ObjectStore {
  // some servers answer a ranged GET with the whole object's checksum
  const client = new S3Client({
    forcePathStyle,
    maxAttempts: 5,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const open = async ({ bucket, key }: ObjectRef, signal?: AbortSignal, range?: string) => {
    try {
      const { Body, ContentLength } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ...(range && { Range: range }) }),
        signal ? { abortSignal: signal } : {},
      );
      if (!Body || ContentLength === undefined)
        throw new Error(`s3://${bucket}/${key} came without a body or its size`);
      return { body: Body as Readable, size: ContentLength };
    } catch (error) {
      if (error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NoSuchBucket')) {
        throw new TerminalError('ManifestMissing', `s3://${bucket}/${key} does not exist`, { cause: error });
      }
      throw error;
    }
  };
  return {
    async put({ bucket, key }, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async upload({ bucket, key }, body, signal) {
      let bytes = 0;
      async function* counted() {
        for await (const chunk of body) {
          bytes += chunk.length;
          yield chunk;
        }
      }
      const params = { Bucket: bucket, Key: key, Body: Readable.from(counted()) };
      const upload = new Upload({ client, params, queueSize: piecesAtOnce });
      const abort = () => void upload.abort();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        await upload.done();
      } finally {
        signal?.removeEventListener('abort', abort);
      }
      return bytes;
    },
    async get(ref) {
      const { body, size } = await open(ref);
      return wholeOf(body, size);
    },
    async range(ref, start, end) {
      const { body, size } = await open(ref, undefined, `bytes=${start}-${end - 1}`);
      return wholeOf(body, size);
    },
    stream: async (ref, signal) => (await open(ref, signal)).body,
    async exists({ bucket, key }) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return true;
      } catch (error) {
        if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey')) return false;
        throw error;
      }
    },
    async *list({ bucket, key }, after) {
      const asked = { Bucket: bucket, Prefix: key, ...(after !== undefined && { StartAfter: after }) };
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, asked)) {
        for (const { Key, LastModified, Size = 0 } of Contents)
          if (Key) yield { key: Key, modified: LastModified?.getTime() ?? 0, bytes: Size };
      }
    },
    async tag({ bucket, key }, tags) {
      const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await client.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: key, Tagging: { TagSet } }));
    },
  };
}

/** into one buffer of the size that the server tells: a list of chunks, joined at its end, takes twice the memory and time */
async function wholeOf(body: Readable, size: number): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafeSlow(size);
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.copy(whole, bytes);
  if (bytes !== size) throw new Error(`an object of ${size} bytes came with ${bytes}`);
  return whole;
}

/** returns the reference with the hash of what it means */
export async function putJson(store: ObjectStore, { bucket, key }: ObjectRef, value: unknown): Promise<ObjectRef> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  await store.put({ bucket, key }, text);
  return { bucket, key, hash: hashOf(text) };
}

/** 128 bits of SHA-256, in base64url */
export function hashOf(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest().subarray(0, 16).toString('base64url');
}

/** a manifest that this service wrote: its shape is trusted */
export async function getJson<T>(store: ObjectStore, ref: ObjectRef): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await store.get(ref))) as T;
}

/** for folders of few objects */
export async function keysUnder(store: ObjectStore, prefix: ObjectRef): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}
