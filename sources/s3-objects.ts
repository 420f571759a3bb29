import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';
import { TerminalError } from '../model/errors.js';
import type { Interval } from '../model/interval.js';
import { keyPattern } from '../model/key-pattern.js';
import type { S3ObjectsSource } from '../model/source.js';
import { withEachTime } from '../model/times.js';
import { openAhead } from './open-ahead.js';
import { heldBody, openBody, type RawBody } from './raw-body.js';
import { sourceClient } from './s3-client.js';
import { ChangedSinceListed, s3Fault } from './s3-faults.js';
import type { BodyLimits, DriverOptions, RawObject, SourceDriver } from './source-driver.js';

export interface ListedObject {
  key: string;
  etag: string | undefined;
  /** epoch ms */
  modified: number;
  /** NaN where the server does not say */
  bytes: number;
  /** epoch ms that says which interval it is of, where that is not when it was modified */
  time?: number;
  version?: string;
  /** an event named it: what has replaced it has an event of its own */
  isEvent?: true;
}

/** epoch ms */
export const timeOf = ({ time, modified }: Pick<ListedObject, 'time' | 'modified'>) => time ?? modified;

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

/** oldest first */
export const byTime = (a: ListedObject, b: ListedObject) => timeOf(a) - timeOf(b) || (a.key < b.key ? -1 : 1);

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

interface Window {
  /** epoch ms; the end is not included */
  from: number;
  to: number;
}

async function* listWithin(
  client: S3Client,
  source: S3ObjectsSource,
  intervals: Interval[],
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  const { lookback = 0 } = source;
  const timeKey = timeKeyOf(source);
  const start = intervals.reduce((least, { start }) => Math.min(least, Date.parse(start)), Infinity);
  const to = intervals.reduce((most, { end }) => Math.max(most, Date.parse(end)), -Infinity);
  // a key says its time for good, and what was modified is known late
  const window: Window = { from: timeKey === undefined ? start - lookback : start, to };
  const pattern = timeKey === undefined ? undefined : keyPattern(timeKey);
  // times have one length each, so that none of these begins with another
  const prefixes = new Set(intervals.flatMap((interval) => withEachTime(source.prefix, interval, lookback)));
  for (const prefix of prefixes) {
    const first = pattern?.leading(window.from) ?? '';
    const last = pattern?.leading(window.to - 1) ?? '';
    const within = wantedOf(source, prefix, window);
    for await (const item of listUnder(client, source, prefix, signal, first ? { after: prefix + first } : {})) {
      const rest = item.key.slice(prefix.length);
      if (rest > last && !rest.startsWith(last)) break;
      const found = within(item);
      if (found) yield found;
    }
  }
}

const timeKeyOf = ({ timeFrom }: S3ObjectsSource) => (timeFrom && 'key' in timeFrom ? timeFrom.key : undefined);

/** the object with its time, if that lies within the window and its key is one of those that are wanted */
function wantedOf(
  source: S3ObjectsSource,
  prefix: string,
  { from, to }: Window,
): (item: ListedObject) => ListedObject | undefined {
  const { bucket, keys } = source;
  const timeKey = timeKeyOf(source);
  const wanted = keys === undefined ? undefined : keyPattern(keys);
  const pattern = timeKey === undefined ? undefined : keyPattern(timeKey);
  return (item) => {
    const rest = item.key.slice(prefix.length);
    if (wanted && !wanted.matches(rest)) return undefined;
    const time = pattern ? pattern.timeOf(rest) : item.modified;
    if (time === undefined) {
      throw new TerminalError(
        'InvalidDefinition',
        `s3://${bucket}/${item.key} has no time that timeFrom.key reads, '${timeKey}' behind '${prefix}': keys that have none are left out by \`keys\``,
      );
    }
    return time >= from && time < to ? { ...item, ...(pattern && { time }) } : undefined;
  };
}

/** every object under a prefix, in the order of their keys */
async function* listUnder(
  client: S3Client,
  { bucket, requesterPays }: S3ObjectsSource,
  prefix: string,
  given: AbortSignal,
  { after, pageSize }: { after?: string; pageSize?: number } = {},
): AsyncGenerator<ListedObject> {
  const signal = manyListeners(given);
  const asked = {
    Bucket: bucket,
    Prefix: prefix,
    ...(after !== undefined && { StartAfter: after }),
    ...(requesterPays && { RequestPayer: 'requester' as const }),
  };
  try {
    const paged = { client, ...(pageSize !== undefined && { pageSize }) };
    for await (const { Contents = [] } of paginateListObjectsV2(paged, asked, { abortSignal: signal })) {
      for (const { Key: key, LastModified, ETag, Size: bytes = NaN } of Contents) {
        if (!key || key.endsWith('/')) continue;
        yield { key, etag: unquoted(ETag), modified: LastModified?.getTime() ?? NaN, bytes };
      }
    }
  } catch (error) {
    throw s3Fault(`list s3://${bucket}/${prefix}`, error, signal);
  }
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

/** every request of a list, and every object opened ahead, listens to it */
function manyListeners(given: AbortSignal): AbortSignal {
  const signal = AbortSignal.any([given]);
  setMaxListeners(0, signal);
  return signal;
}

/** some servers list it bare */
const unquoted = (etag: string | undefined) => etag?.replaceAll('"', '');

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
