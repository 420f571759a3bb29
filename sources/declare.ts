import { duration } from '../model/interval.js';
import type { HttpJsonSource, S3ObjectsSource } from '../model/source.js';

export { http } from './declare-requests.js';
export { custom } from './declare-custom.js';
export { airbyteSync, airbyteSyncTask } from './declare-airbyte-sync.js';
export { airbyte, singer } from './declare-connectors.js';
export {
  apiKey,
  basic,
  bearer,
  cursor,
  nextLink,
  nextUrl,
  oauth2ClientCredentials,
  oauth2RefreshToken,
  offset,
  pageNumber,
  secret,
} from './declare-http.js';

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

/** the short form of `http`: one GET an interval; `{start}` and `{end}` in the address and the query are replaced by its times, `{start:date}` by a day */
export function httpJson(
  options: Optional<Omit<HttpJsonSource, 'kind'>, 'query' | 'snapshot' | 'emptyStatuses' | 'records'>,
): HttpJsonSource {
  return { kind: 'http-json', query: {}, snapshot: false, emptyStatuses: [204], records: { form: 'json' }, ...options };
}

/** the objects of a bucket whose time lies within the interval; the prefix may have times: `events/dt={start:date}/` */
export function s3Objects(
  options: Optional<
    Omit<S3ObjectsSource, 'kind' | 'snapshot' | 'lookback' | 'timeFrom' | 'prefix'>,
    'region' | 'anonymous' | 'records'
  > & {
    /** what keys begin with; with times, as `events/dt={start:date}/`, the folders of every time of the interval are listed */
    prefix?: string;
    /** as `timeFrom: 'modified'` */
    modifiedIn?: 'interval';
    /** which time of an object counts; `{ key: '%Y/%m/%d/%H/*' }` is the one that its key has behind the prefix, `{ events: 'https://sqs...' }` that of its event */
    timeFrom?: 'modified' | { key: string } | { events: string };
    /** how long before the interval folders are listed too, and objects that nobody took are looked for: `'2 hours'` */
    lookback?: string;
  },
): S3ObjectsSource {
  const { modifiedIn: _, lookback, timeFrom, prefix = '', ...rest } = options;
  return {
    kind: 's3-objects',
    region: 'us-east-1',
    anonymous: false,
    records: { form: 'ndjson' },
    snapshot: false,
    prefix,
    ...rest,
    ...(timeFrom !== undefined && timeFrom !== 'modified' && { timeFrom }),
    ...(lookback !== undefined && { lookback: duration(lookback) }),
  };
}
