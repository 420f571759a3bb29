import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AsyncBuffer } from 'hyparquet';

export interface ObjectOptions {
  endpoint?: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** a file up to this size is read at once, a larger one by ranges */
const wholeFileBytes = 32 * 1024 * 1024;

export interface Objects {
  text(url: string): Promise<string>;
  size(url: string): Promise<number>;
  /** byte ranges of an object, for the Parquet reader */
  buffer(url: string, size: number): Promise<AsyncBuffer>;
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
    size: async (url) => (await client.send(new HeadObjectCommand(address(url)))).ContentLength ?? 0,
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
  };
}

const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

function address(url: string) {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  if (!Bucket || !Key) throw new Error(`not an s3:// address: ${url}`);
  return { Bucket, Key };
}
