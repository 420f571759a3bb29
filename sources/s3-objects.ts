import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { Interval } from '../model/interval.js';
import type { S3ObjectsSource } from '../model/source.js';
import { openAhead } from './open-ahead.js';
import { heldBody, openBody, type RawBody } from './raw-body.js';
import { sourceClient } from './s3-client.js';
import { ChangedSinceListed, s3Fault } from './s3-faults.js';
import { byTime, listUnder, listWithin, manyListeners, unquoted, type ListedObject } from './s3-listing.js';
import type { BodyLimits, DriverOptions, RawObject, SourceDriver } from './source-driver.js';

/** the objects under a prefix that were last modified within the interval, oldest first */
export function s3ObjectsDriver(source: S3ObjectsSource, options: DriverOptions): SourceDriver {
  const bucket = s3Bucket(source, options);
  return {
    async *list(interval, asked) {
      const found: ListedObject[] = [];
      for await (const item of bucket.listed([interval], asked)) found.push(item);
      yield* bucket.read(found.sort(byTime), interval, asked);
    },
  };
}

/** objects that were modified from the first to the last of these intervals, listed and not opened */
export async function* listObjects(
  source: S3ObjectsSource,
  intervals: Interval[],
  options: DriverOptions,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  const bucket = s3Bucket(source, options);
  try {
    yield* bucket.listed(intervals, signal);
  } finally {
    bucket.close();
  }
}

/** a source's bucket: a list of any length is never held, and what is read may be any part of it */
export function s3Bucket(source: S3ObjectsSource, options: DriverOptions) {
  const client = sourceClient(source, options);
  return {
    close: () => client.destroy(),
    listed: (intervals: Interval[], signal: AbortSignal) => listWithin(client, source, intervals, signal),
    /** the objects in this order; one that was replaced since it was listed as it is now, if it still is of the interval */
    async *read(items: ListedObject[], interval: Interval, asked: AbortSignal): AsyncGenerator<RawObject> {
      const signal = manyListeners(asked);
      const open = (item: ListedObject, signal: AbortSignal) => get(client, source, item, signal, options.limits);
      const openNow = async (item: ListedObject): Promise<Opened | undefined> => {
        try {
          return { item, body: await open(item, signal) };
        } catch (error) {
          if (!(error instanceof ChangedSinceListed)) throw error;
          const now = await listedNow(client, source, item, interval, signal);
          return now && { item: now, body: await open(now, signal) };
        }
      };
      for await (const opened of openAhead(items, openNow, (opened) => opened?.body.close())) {
        if (!opened) continue;
        const { item, body } = opened;
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

interface Opened {
  item: ListedObject;
  body: RawBody;
}

/** an object as the bucket lists it now; undefined where it is gone, or of another interval */
async function listedNow(
  client: S3Client,
  source: S3ObjectsSource,
  { key, time, isEvent }: ListedObject,
  { end }: Interval,
  signal: AbortSignal,
): Promise<ListedObject | undefined> {
  if (isEvent) return undefined;
  // the key itself is the first of those that begin with it
  for await (const item of listUnder(client, source, key, signal, { pageSize: 1 })) {
    if (item.key !== key) return undefined;
    if (time !== undefined) return { ...item, time };
    return item.modified < Date.parse(end) ? item : undefined;
  }
  return undefined;
}

async function get(
  client: S3Client,
  { bucket, requesterPays }: S3ObjectsSource,
  { key, etag, version }: ListedObject,
  signal: AbortSignal,
  limits: BodyLimits | undefined,
): Promise<RawBody> {
  const what = `get s3://${bucket}/${key}`;
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(version && { VersionId: version }),
    ...(etag && { IfMatch: `"${etag}"` }),
    ...(requesterPays && { RequestPayer: 'requester' }),
  });
  const response = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw s3Fault(what, error, signal);
  });
  const body = await openBody(response.Body as Readable, what, signal, response.ContentLength, limits);
  // not every server honours If-Match
  const got = unquoted(response.ETag);
  if (etag && got && got !== etag) {
    body.close();
    throw new ChangedSinceListed(`${what}: it changed after it was listed: expected etag ${etag}, got ${got}`);
  }
  return body;
}

function rawObject(
  { key, etag, modified }: ListedObject,
  { gzip, isZstd, isUtf16 }: RawBody,
  open: RawObject['open'],
): RawObject {
  return {
    name: key,
    ...(etag && { etag }),
    modified: new Date(modified).toISOString(),
    gzip,
    ...(isZstd && { packing: 'zstd' as const }),
    ...(isUtf16 && { isUtf16 }),
    open,
  };
}
