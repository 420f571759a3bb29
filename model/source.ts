import type { CustomSource } from './custom-source.js';
import type { HttpRequestsSource } from './http-requests.js';
import type { HttpSource } from './http-source.js';
import type { S3ObjectsSource } from './objects-source.js';
import type { RecordForm } from './record-form.js';
import type { TaskSource } from './task.js';

export type { S3ObjectsSource } from './objects-source.js';
export type { RecordForm } from './record-form.js';

/** one GET an interval; `{start}` and `{end}` in the address and the query become the interval's times, see model/times.ts */
export interface HttpJsonSource {
  kind: 'http-json';
  /** the address */
  url: string;
  /** parameters, in place of those that the address has */
  query: Record<string, string>;
  /** how the answer is read as records */
  records: RecordForm;
  /** the whole state of an API: it has no past */
  snapshot: boolean;
  /** the first answer is the whole, whatever it says of further pages; absent: one that says so fails the run */
  pages?: 'none';
  /** statuses that mean "nothing there", beside 2xx */
  emptyStatuses: number[];
  /** hosts that a redirect may name, beside the source's own */
  hosts?: string[];
}

export type Source = HttpSource | HttpJsonSource | S3ObjectsSource | CustomSource | HttpRequestsSource | TaskSource;

/** `httpJson` is a short form of `http`: one GET without credentials */
export function asHttp({ emptyStatuses, hosts = [], ...source }: HttpJsonSource): HttpSource {
  const statuses = { empty: emptyStatuses, wait: [], giveUp: [] };
  return { ...source, kind: 'http', method: 'GET', headers: {}, statuses, hosts };
}

/** whether an interval is several answers, one leading to the next */
export const hasPages = (source: Source): boolean =>
  source.kind === 'custom' ||
  source.kind === 'http-requests' ||
  (source.kind === 'http' &&
    (source.each !== undefined ||
      source.state !== undefined ||
      (source.pages !== undefined && source.pages !== 'none')));

/** the source of one raw object: of several requests, the one that it answers */
export function requestOf(source: Source, request: string | undefined): Source {
  return (source.kind === 'http-requests' && request !== undefined && source.requests[request]) || source;
}

/** its intervals run in order: each begins with what the one before came to */
export const keepsState = (source: Source): boolean =>
  (source.kind === 'http' || source.kind === 'custom') && source.state !== undefined;
