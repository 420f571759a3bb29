import { duration } from '../model/interval.js';
import type {
  HttpAuth,
  HttpBody,
  HttpFailure,
  HttpPages,
  HttpSource,
  OAuth2,
  Secret,
  SecretText,
} from '../model/http-source.js';
import type { RecordForm } from '../model/record-form.js';

/** unless a definition says otherwise: what goes on beyond it has no end */
const mostPages = 10_000;

export interface HttpOptions {
  /** the address; texts of it, of query, headers and body take `{start}`, `{end}` and `{params.x}` */
  url: string;
  /** GET, or POST where there is a body */
  method?: HttpSource['method'];
  /** parameters, in place of those that the address has */
  query?: Record<string, SecretText>;
  /** `authorization`, `cookie` and `x-api-key` take secrets only; `accept: application/json` when absent */
  headers?: Record<string, SecretText>;
  /** `{ json }`, `{ form }` or `{ text, contentType }` */
  body?: HttpBody;
  /** `bearer`, `basic`, `apiKey` or one of OAuth2; sent to the source's own host only */
  auth?: HttpAuth;
  /** how one page leads to the next; `'none'`: the answer is the whole. Absent: an answer that says that there is more fails */
  pages?: HttpPages | 'none';
  /** the requests are made for each record that another source lists; `{each}` is the value at this place of it */
  each?: { from: HttpSource; at: string };
  /** values that an interval hands to the next, as `{ since: { at: 'updated_at', initial: '2020-01-01T00:00:00Z' } }` for `{state.since}` */
  state?: NonNullable<HttpSource['state']>;
  /** `{ form: 'json', at: 'data.items' }`, `{ form: 'ndjson' }` or `{ form: 'csv' }`; a JSON document that is a list, or one record, when absent */
  records?: RecordForm;
  /** the API shows its whole state and has no past */
  snapshot?: boolean;
  /** what statuses mean where they do not mean the usual: nothing there, try again, fail at once */
  statuses?: Partial<HttpSource['statuses']>;
  /** a good status whose body says that it failed */
  failure?: Omit<HttpFailure, 'wait'> & { wait?: boolean };
  /** requests a second of this host, and the headers that say when it takes no more and until when */
  rate?: { perSecond?: number; remaining?: string; reset?: string };
  /** of one request; 30 seconds to the first byte when absent */
  timeouts?: { firstByte?: string; total?: string };
  /** bytes of one answer, as received; `WATERCLOCK_SOURCE_MOST_BYTES` when absent */
  mostBytes?: number;
  /** other hosts that a redirect, next link or token address may name, as `'login.example.com'` */
  hosts?: string[];
}

export function httpSource({ statuses, failure, timeouts, ...options }: HttpOptions): HttpSource {
  const { firstByte, total } = timeouts ?? {};
  return {
    kind: 'http',
    method: options.body ? 'POST' : 'GET',
    query: {},
    headers: {},
    records: { form: 'json' },
    snapshot: false,
    hosts: [],
    ...options,
    statuses: { empty: [204], wait: [], giveUp: [], ...statuses },
    ...(failure && { failure: { wait: false, ...failure } }),
    ...(timeouts && {
      timeouts: {
        ...(firstByte !== undefined && { firstByte: duration(firstByte) }),
        ...(total !== undefined && { total: duration(total) }),
      },
    }),
  };
}

/** the name of a variable (environment of the workers, `.env` of the project), or `secretsmanager:<name>#<key>`; its value is read at use */
export const secret = (name: string): Secret => ({ secret: name });

/** `Authorization: Bearer ...` */
export const bearer = (token: Secret): HttpAuth => ({ kind: 'bearer', token });

/** `Authorization: Basic ...` */
export const basic = (user: SecretText, password: Secret): HttpAuth => ({ kind: 'basic', user, password });

/** a key in a header or in the query; `prefix` comes before it, as in `'Token '` */
export function apiKey(
  options:
    | {
        /** name of the header */
        header: string;
        /** before the key, as `'Token '` */
        prefix?: string;
      }
    | {
        /** name of the query parameter */
        query: string;
      },
  value: Secret,
): HttpAuth {
  if ('query' in options) return { kind: 'apiKey', in: 'query', name: options.query, value };
  const { header, prefix } = options;
  return { kind: 'apiKey', in: 'header', name: header, value, ...(prefix !== undefined && { prefix }) };
}

interface ClientOptions {
  /** where tokens are fetched; at another host, `hosts` names it */
  tokenUrl: string;
  /** of the client: a text or a secret */
  clientId: SecretText;
  /** what the token is for, as `'invoices:read'` */
  scope?: string;
  /** further fields of the token request, as `audience` */
  fields?: Record<string, SecretText>;
  /** how the client names itself: by basic authentication, or in the body */
  client?: OAuth2['client'];
}

/** a token of the client, as a bearer: fetched once for all runs of a worker, renewed before it ends and after a 401 */
export function oauth2ClientCredentials(
  options: ClientOptions & {
    /** of the client */
    clientSecret: Secret;
  },
): HttpAuth {
  return oauth2('oauth2-client-credentials', options);
}

/** a token by a refresh token, as a bearer */
export function oauth2RefreshToken(
  options: ClientOptions & {
    /** of the client; a public one has none */
    clientSecret?: Secret;
    /** a fixed one: what the server gives in its place is kept in the worker's memory only */
    refreshToken: Secret;
  },
): HttpAuth {
  return oauth2('oauth2-refresh-token', options);
}

function oauth2(
  kind: OAuth2['kind'],
  { scope, fields, ...options }: ClientOptions & Pick<OAuth2, 'clientSecret' | 'refreshToken'>,
): OAuth2 {
  return { kind, client: 'body', ...options, fields: { ...(scope !== undefined && { scope }), ...fields } };
}

interface Bounds {
  /** more pages are an error */
  mostPages?: number;
}

/** the next page is in the Link header, `rel="next"` */
export const nextLink = (options: Bounds = {}): HttpPages => ({ by: 'link', mostPages, ...options });

/** the address of the next page is at this place of the document; there is none after the last */
export const nextUrl = (at: string, options: Bounds = {}): HttpPages => ({ by: 'url', at, mostPages, ...options });

interface CursorOptions extends Bounds {
  /** parameter, or place of the body, that takes the cursor */
  param: string;
  /** place of the cursor; `data.-1.id` is of the last of a list */
  at: string;
  /** where it is sent; `query` when absent */
  in?: 'query' | 'body';
  /** place that is false on the last page, as `has_more` */
  until?: string;
}

/** a value of each page leads to the next; the end is a page without it, or `until` */
export const cursor = (options: CursorOptions): HttpPages => ({ by: 'cursor', in: 'query', mostPages, ...options });

interface OffsetOptions extends Bounds {
  /** records of a page */
  limit: number;
  /** parameter of the offset; `offset` when absent */
  param?: string;
  /** parameter of the limit; `limit` when absent */
  limitParam?: string;
  /** where both are sent; `query` when absent */
  in?: 'query' | 'body';
  /** place of the number of records; without it an empty page is the end */
  total?: string;
}

/** pages by the number of records that came before */
export const offset = (options: OffsetOptions): HttpPages => ({
  by: 'offset',
  param: 'offset',
  limitParam: 'limit',
  in: 'query',
  mostPages,
  ...options,
});

interface PageNumberOptions extends Bounds {
  /** parameter of the number; `page` when absent */
  param?: string;
  /** number of the first page; 1 when absent */
  from?: number;
  /** where it is sent; `query` when absent */
  in?: 'query' | 'body';
  /** place of the number of pages; without it an empty page is the end */
  total?: string;
}

/** pages by their number */
export const pageNumber = (options: PageNumberOptions = {}): HttpPages => ({
  by: 'page',
  param: 'page',
  from: 1,
  in: 'query',
  mostPages,
  ...options,
});
