import type { HttpRequestsSource } from '../model/http-requests.js';
import type { HttpSource } from '../model/http-source.js';
import { TerminalError } from '../model/errors.js';
import { httpSource, type HttpOptions } from './declare-http.js';

interface NamedRequest extends Omit<HttpOptions, 'each' | 'snapshot' | 'state'> {
  /** `from` is the name of a request beside it, or a source */
  each?: { from: string | HttpSource; at: string };
}

type Shared =
  | 'method'
  | 'query'
  | 'headers'
  | 'auth'
  | 'pages'
  | 'records'
  | 'statuses'
  | 'failure'
  | 'rate'
  | 'timeouts'
  | 'mostBytes'
  | 'hosts';

/** what all requests have where they say nothing else; a request's own query and headers are added to these */
export interface RequestsOptions extends Pick<HttpOptions, Shared | 'snapshot'> {
  /** beginning of each address that is a path */
  url?: string;
  /** requests by their names, each with its own address, query, pages and records */
  requests: Record<string, NamedRequest>;
}

function httpRequests({ url, requests, snapshot = false, ...shared }: RequestsOptions): HttpRequestsSource {
  const declared = new Map<string, HttpSource>();
  function sourceOf(name: string, before: string[]): HttpSource {
    const known = declared.get(name);
    if (known) return known;
    const given = Object.hasOwn(requests, name) ? requests[name] : undefined;
    if (!given || before.includes(name)) {
      const of = before.at(-1) ?? '';
      const why = given ? 'leads back to itself' : `is not one of the requests (${Object.keys(requests).join(', ')})`;
      throw new TerminalError('InvalidDefinition', `request ${of}: each.from names '${name}', which ${why}`);
    }
    const { each, ...own } = given;
    const from = typeof each?.from === 'string' ? sourceOf(each.from, [...before, name]) : each?.from;
    const made = httpSource({
      ...shared,
      ...own,
      url: joined(url, own.url),
      query: { ...shared.query, ...own.query },
      headers: { ...shared.headers, ...own.headers },
      snapshot,
      ...(each && from && { each: { from, at: each.at } }),
    });
    declared.set(name, made);
    return made;
  }
  const made = Object.keys(requests).map((name) => [name, sourceOf(name, [])] as const);
  const records = made[0]?.[1].records ?? { form: 'json' };
  return { kind: 'http-requests', requests: Object.fromEntries(made), records, snapshot };
}

function joined(base: string | undefined, url: string): string {
  if (base === undefined || /^https?:\/\//.test(url)) return url;
  return `${base.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}

/** several requests of one API by their names, whose records entities take by `when: { $request: <name> }` */
export function http(options: RequestsOptions): HttpRequestsSource;
/** requests of an interval to an HTTP API, page after page; every text takes `{start}`, `{end}` and `{params.x}` */
export function http(options: HttpOptions): HttpSource;
/**
 * requests of an interval to an HTTP API, page after page; every text takes `{start}`, `{end}` and `{params.x}`. With
 * `requests`, several of them by their names, whose records entities take by `when: { $request: <name> }`
 */
export function http(options: HttpOptions | RequestsOptions): HttpSource | HttpRequestsSource {
  return 'requests' in options ? httpRequests(options) : httpSource(options);
}
