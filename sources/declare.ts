import { duration } from '../model/interval.js';
import type { HttpJsonSource, S3ObjectsSource } from '../model/source.js';

export {
  apiKey,
  basic,
  bearer,
  cursor,
  http,
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

/** newline-delimited objects last modified within the interval; the prefix may have times: `events/dt={start:date}/` */
export function s3Objects(
  options: Optional<Omit<S3ObjectsSource, 'kind' | 'snapshot' | 'lookback'>, 'region' | 'anonymous' | 'records'> & {
    /** an object belongs to the interval in which it was last modified */
    modifiedIn: 'interval';
    /** how long before the interval the folders are listed too, where the prefix has times: `'2 hours'` */
    lookback?: string;
  },
): S3ObjectsSource {
  const { modifiedIn: _, lookback, ...rest } = options;
  return {
    kind: 's3-objects',
    region: 'us-east-1',
    anonymous: false,
    records: { form: 'ndjson' },
    snapshot: false,
    ...rest,
    ...(lookback !== undefined && { lookback: duration(lookback) }),
  };
}
