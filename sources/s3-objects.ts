import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';
import { TransientError } from '../model/errors.js';
import type { Interval } from '../model/interval.js';
import type { S3ObjectsSource } from '../model/source.js';
import { withEachTime } from '../model/times.js';
import { openAhead } from './open-ahead.js';
import { heldBody, openBody, type RawBody } from './raw-body.js';
import { sourceClient } from './s3-client.js';
import { s3Fault } from './s3-faults.js';
import type { BodyLimits, DriverOptions, RawObject, SourceDriver } from './source-driver.js';

export interface ListedObject {
  key: string;
  etag: string | undefined;
  /** epoch ms */
  modified: number;
  /** NaN where the server does not say */
  bytes: number;
}

/** the objects under a prefix that were last modified within the interval, oldest first */
export function s3ObjectsDriver(source: S3ObjectsSource, options: DriverOptions): SourceDriver {
  const client = sourceClient(source, options);
  const open = (item: ListedObject, signal: AbortSignal) => get(client, source, item, signal, options.limits);
  return {
    async *list(interval, asked) {
      const signal = AbortSignal.any([asked]);
      // every object opened ahead listens to it
      setMaxListeners(0, signal);
      const listed = await listWithin(client, source, [interval], signal);
      for await (const { item, body } of openAhead(listed, (item) => open(item, signal))) {
        const held = heldBody(body, (signal) => open(item, signal));
        try {
          yield rawObject(item, body, held.open);
        } finally {
          held.release();
        }
      }
    },
  };
}

/** objects that were modified from the first to the last of these intervals, listed and not opened */
export async function listObjects(
  source: S3ObjectsSource,
  intervals: Interval[],
  options: DriverOptions,
  signal: AbortSignal,
): Promise<ListedObject[]> {
  const client = sourceClient(source, options);
  try {
    return await listWithin(client, source, intervals, signal);
  } finally {
    client.destroy();
  }
}

async function listWithin(
  client: S3Client,
  { bucket, prefix: template, lookback }: S3ObjectsSource,
  intervals: Interval[],
  signal: AbortSignal,
): Promise<ListedObject[]> {
  const from = intervals.reduce((least, { start }) => Math.min(least, Date.parse(start)), Infinity);
  const to = intervals.reduce((most, { end }) => Math.max(most, Date.parse(end)), -Infinity);
  const found: ListedObject[] = [];
  // times have one length each, so that none of these begins with another
  const prefixes = new Set(intervals.flatMap((interval) => withEachTime(template, interval, lookback)));
  for (const prefix of prefixes) await list(prefix);
  return found.sort((a, b) => a.modified - b.modified || (a.key < b.key ? -1 : 1));

  async function list(prefix: string): Promise<void> {
    try {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }, { abortSignal: signal });
      for await (const { Contents = [] } of pages) {
        for (const { Key: key, LastModified, ETag, Size: bytes = NaN } of Contents) {
          const modified = LastModified?.getTime() ?? NaN;
          const etag = unquoted(ETag);
          if (key && !key.endsWith('/') && modified >= from && modified < to)
            found.push({ key, etag, modified, bytes });
        }
      }
    } catch (error) {
      throw s3Fault(`list s3://${bucket}/${prefix}`, error, signal);
    }
  }
}

async function get(
  client: S3Client,
  { bucket }: S3ObjectsSource,
  { key, etag }: ListedObject,
  signal: AbortSignal,
  limits: BodyLimits | undefined,
): Promise<RawBody> {
  const what = `get s3://${bucket}/${key}`;
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...(etag && { IfMatch: `"${etag}"` }) });
  const response = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw s3Fault(what, error, signal);
  });
  const body = await openBody(response.Body as Readable, what, signal, response.ContentLength, limits);
  // not every server honours If-Match
  const got = unquoted(response.ETag);
  if (etag && got && got !== etag) {
    body.close();
    throw new TransientError(`${what}: it changed after it was listed: expected etag ${etag}, got ${got}`);
  }
  return body;
}

/** some servers list it bare */
const unquoted = (etag: string | undefined) => etag?.replaceAll('"', '');

function rawObject(
  { key, etag, modified }: ListedObject,
  { gzip, isUtf16 }: RawBody,
  open: RawObject['open'],
): RawObject {
  return {
    name: key,
    ...(etag && { etag }),
    modified: new Date(modified).toISOString(),
    gzip,
    ...(isUtf16 && { isUtf16 }),
    open,
  };
}
