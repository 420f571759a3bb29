import type { HttpJsonSource, S3ObjectsSource } from '../model/source.js';

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

/** one GET an interval; `{start}` and `{end}` in the query are replaced by its times */
export function httpJson(
  options: Optional<Omit<HttpJsonSource, 'kind'>, 'query' | 'snapshot' | 'emptyStatuses' | 'records'>,
): HttpJsonSource {
  return { kind: 'http-json', query: {}, snapshot: false, emptyStatuses: [204], records: { form: 'json' }, ...options };
}

/** newline-delimited objects last modified within the interval */
export function s3Objects(
  options: Optional<Omit<S3ObjectsSource, 'kind' | 'snapshot'>, 'region' | 'anonymous' | 'records'> & {
    modifiedIn: 'interval';
  },
): S3ObjectsSource {
  const { modifiedIn: _, ...rest } = options;
  return {
    kind: 's3-objects',
    region: 'us-east-1',
    anonymous: false,
    records: { form: 'ndjson' },
    snapshot: false,
    ...rest,
  };
}
