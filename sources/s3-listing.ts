import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { setMaxListeners } from 'node:events';
import { TerminalError } from '../model/errors.js';
import type { Interval } from '../model/interval.js';
import { keyPattern } from '../model/key-pattern.js';
import type { S3ObjectsSource } from '../model/source.js';
import { withEachTime } from '../model/times.js';
import { s3Fault } from './s3-faults.js';

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

/** oldest first */
export const byTime = (a: ListedObject, b: ListedObject) => timeOf(a) - timeOf(b) || (a.key < b.key ? -1 : 1);

interface Window {
  /** epoch ms; the end is not included */
  from: number;
  to: number;
}

/** the objects of these intervals, in the order of their keys within each prefix */
export async function* listWithin(
  client: S3Client,
  source: S3ObjectsSource,
  intervals: Interval[],
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  const timeKey = timeKeyOf(source);
  // a key says its time for good, and what was modified is known late
  const lookback = timeKey === undefined ? (source.lookback ?? 0) : 0;
  const pattern = timeKey === undefined ? undefined : keyPattern(timeKey);
  for (const [prefix, those] of byPrefix(source, intervals)) {
    const window = windowOf(those, lookback);
    const first = pattern?.leading(window.from) ?? '';
    const last = pattern?.leading(window.to - 1) ?? '';
    const within = wantedOf(source, prefix, { window, isWanted: wantedKeys(source, those, lookback) });
    for await (const item of listUnder(client, source, prefix, signal, first ? { after: prefix + first } : {})) {
      const rest = item.key.slice(prefix.length);
      if (rest > last && !rest.startsWith(last)) break;
      const found = within(item);
      if (found) yield found;
    }
  }
}

/** each prefix with the intervals that list it; times have one length each, so that none of these begins with another */
function byPrefix({ prefix, lookback }: S3ObjectsSource, intervals: Interval[]): Map<string, Interval[]> {
  const found = new Map<string, Interval[]>();
  for (const interval of intervals) {
    for (const one of withEachTime(prefix, interval, lookback)) {
      const those = found.get(one) ?? [];
      those.push(interval);
      found.set(one, those);
    }
  }
  return found;
}

function windowOf(intervals: Interval[], lookback: number): Window {
  const start = intervals.reduce((least, { start }) => Math.min(least, Date.parse(start)), Infinity);
  const to = intervals.reduce((most, { end }) => Math.max(most, Date.parse(end)), -Infinity);
  return { from: start - lookback, to };
}

/** whether a key, behind the prefix, is like `keys` of an interval that its time lies in */
function wantedKeys({ keys, ...source }: S3ObjectsSource, intervals: Interval[], lookback: number) {
  if (keys === undefined) return () => true;
  const patternsOf = (interval: Interval) => withEachTime(keys, interval, source.lookback).map(keyPattern);
  const [first] = intervals;
  const hasTimes = first !== undefined && withEachTime(keys, first, source.lookback).join() !== keys;
  const groups = (hasTimes ? intervals.map((one) => [one]) : [intervals]).flatMap((those) => {
    const [one] = those;
    return one ? [{ window: windowOf(those, lookback), patterns: patternsOf(one) }] : [];
  });
  return (rest: string, time: number) =>
    groups.some(({ window, patterns }) => isWithin(window, time) && patterns.some(({ matches }) => matches(rest)));
}

const isWithin = ({ from, to }: Window, time: number) => time >= from && time < to;

const timeKeyOf = ({ timeFrom }: S3ObjectsSource) => (timeFrom && 'key' in timeFrom ? timeFrom.key : undefined);

/** the object with its time, if that lies within the window and its key is one of those that are wanted */
function wantedOf(
  { bucket, keys, ...source }: S3ObjectsSource,
  prefix: string,
  { window, isWanted }: { window: Window; isWanted: (rest: string, time: number) => boolean },
): (item: ListedObject) => ListedObject | undefined {
  const timeKey = timeKeyOf({ bucket, ...source });
  const pattern = timeKey === undefined ? undefined : keyPattern(timeKey);
  return (item) => {
    const rest = item.key.slice(prefix.length);
    const time = pattern ? pattern.timeOf(rest) : item.modified;
    if (time === undefined) {
      if (keys !== undefined && !isWanted(rest, window.from)) return undefined;
      throw new TerminalError(
        'InvalidDefinition',
        `s3://${bucket}/${item.key} has no time that timeFrom.key reads, '${timeKey}' behind '${prefix}': keys that have none are left out by \`keys\``,
      );
    }
    if (!isWithin(window, time) || !isWanted(rest, time)) return undefined;
    return { ...item, ...(pattern && { time }) };
  };
}

/** every object under a prefix, in the order of their keys */
export async function* listUnder(
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

/** every request of a list, and every object opened ahead, listens to it */
export function manyListeners(given: AbortSignal): AbortSignal {
  const signal = AbortSignal.any([given]);
  setMaxListeners(0, signal);
  return signal;
}

/** some servers list it bare */
export const unquoted = (etag: string | undefined) => etag?.replaceAll('"', '');
