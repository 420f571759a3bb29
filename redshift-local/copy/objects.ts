import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { AsyncBuffer } from 'hyparquet';

export interface ObjectOptions {
  endpoint?: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** a file up to this size is read at once, of a larger one its rows are sent on before the rest has come */
const wholeFileBytes = 4 * 1024 * 1024;

export interface Found {
  url: string;
  size: number;
  /** changes with the content */
  etag: string;
}

export interface Objects {
  text(url: string): Promise<string>;
  /** the object, or undefined when there is none */
  find(url: string): Promise<Found | undefined>;
  /** every object whose key begins with the address, in the order of keys */
  list(prefix: string): Promise<Found[]>;
  /** byte ranges of an object, for the Parquet reader */
  buffer(url: string, size: number): Promise<AsyncBuffer>;
  stream(url: string): Promise<AsyncIterable<Uint8Array>>;
  put(url: string, body: Uint8Array): Promise<void>;
  remove(urls: string[]): Promise<void>;
}

export function objects({ endpoint, region, accessKeyId, secretAccessKey }: ObjectOptions): Objects {
  const client = new S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey },
    ...(endpoint && { endpoint, forcePathStyle: true }),
    // rclone answers a range with the whole object's checksum
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  async function bytes(url: string, range?: string): Promise<Uint8Array> {
    const { Body } = await client.send(new GetObjectCommand({ ...address(url), ...(range && { Range: range }) }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }
  return {
    text: async (url) => Buffer.from(await bytes(url)).toString('utf8'),
    async find(url) {
      try {
        const { ContentLength, ETag, LastModified } = await client.send(new HeadObjectCommand(address(url)));
        return { url, size: ContentLength ?? 0, etag: ETag ?? LastModified?.toISOString() ?? '' };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async list(prefix) {
      const [, Bucket = '', Prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(prefix) ?? [];
      const found: Found[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken && { ContinuationToken }) }),
        );
        for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
          if (Key === undefined) continue;
          found.push({ url: `s3://${Bucket}/${Key}`, size: Size ?? 0, etag: `${ETag} ${LastModified?.toISOString()}` });
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      return found.sort((a, b) => (a.url < b.url ? -1 : 1));
    },
    async buffer(url, size) {
      if (size > wholeFileBytes) {
        return {
          byteLength: size,
          slice: async (start, end = size) => copyOf(await bytes(url, `bytes=${start}-${end - 1}`)),
        };
      }
      const whole = copyOf(await bytes(url));
      return { byteLength: whole.byteLength, slice: (start, end) => whole.slice(start, end) };
    },
    async stream(url) {
      const { Body } = await client.send(new GetObjectCommand(address(url)));
      if (!Body) throw new Error(`the object has no body: ${url}`);
      return Body as unknown as AsyncIterable<Uint8Array>;
    },
    async put(url, body) {
      await client.send(new PutObjectCommand({ ...address(url), Body: body }));
    },
    async remove(urls) {
      const byBucket = new Map<string, string[]>();
      for (const url of urls) {
        const { Bucket, Key } = address(url);
        byBucket.set(Bucket, [...(byBucket.get(Bucket) ?? []), Key]);
      }
      for (const [Bucket, keys] of byBucket) {
        for (let at = 0; at < keys.length; at += 1000) {
          const Objects = keys.slice(at, at + 1000).map((Key) => ({ Key }));
          await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
        }
      }
    },
  };
}

const isMissing = (error: unknown) => error instanceof Error && /^(NotFound|NoSuchKey)$/.test(error.name);

const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

function address(url: string) {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  if (!Bucket || !Key) throw new Error(`not an s3:// address: ${url}`);
  return { Bucket, Key };
}
