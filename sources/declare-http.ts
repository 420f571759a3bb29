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
  url: string;
  /** GET, or POST where there is a body */
  method?: HttpSource['method'];
  query?: Record<string, SecretText>;
  headers?: Record<string, SecretText>;
  body?: HttpBody;
  auth?: HttpAuth;
  pages?: HttpPages | 'none';
  /** the requests are made for each record that another source lists; `{each}` is the value at this place of it */
  each?: { from: HttpSource; at: string };
  /** values that an interval hands to the next, as `{ since: { at: 'updated_at', initial: '2020-01-01T00:00:00Z' } }` for `{state.since}` */
  state?: NonNullable<HttpSource['state']>;
  records?: RecordForm;
  snapshot?: boolean;
  /** what statuses mean where they do not mean the usual: nothing there, try again, fail at once */
  statuses?: Partial<HttpSource['statuses']>;
  failure?: Omit<HttpFailure, 'wait'> & { wait?: boolean };
  rate?: { perSecond?: number; remaining?: string; reset?: string };
  timeouts?: { firstByte?: string; total?: string };
  mostBytes?: number;
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

export const bearer = (token: Secret): HttpAuth => ({ kind: 'bearer', token });

export const basic = (user: SecretText, password: Secret): HttpAuth => ({ kind: 'basic', user, password });

/** a key in a header or in the query; `prefix` stands before it, as in `'Token '` */
export function apiKey(options: { header: string; prefix?: string } | { query: string }, value: Secret): HttpAuth {
  if ('query' in options) return { kind: 'apiKey', in: 'query', name: options.query, value };
  const { header, prefix } = options;
  return { kind: 'apiKey', in: 'header', name: header, value, ...(prefix !== undefined && { prefix }) };
}

interface ClientOptions {
  tokenUrl: string;
  clientId: SecretText;
  scope?: string;
  /** further fields of the token request, as `audience` */
  fields?: Record<string, SecretText>;
  /** how the client names itself: by basic authentication, or in the body */
  client?: OAuth2['client'];
}

export function oauth2ClientCredentials(options: ClientOptions & { clientSecret: Secret }): HttpAuth {
  return oauth2('oauth2-client-credentials', options);
}

export function oauth2RefreshToken(options: ClientOptions & { clientSecret?: Secret; refreshToken: Secret }): HttpAuth {
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
  param: string;
  /** place of the cursor; `data.-1.id` is of the last of a list */
  at: string;
  in?: 'query' | 'body';
  /** place that is false on the last page, as `has_more` */
  until?: string;
}

export const cursor = (options: CursorOptions): HttpPages => ({ by: 'cursor', in: 'query', mostPages, ...options });

interface OffsetOptions extends Bounds {
  limit: number;
  param?: string;
  limitParam?: string;
  in?: 'query' | 'body';
  /** place of the number of records; without it an empty page is the end */
  total?: string;
}

export const offset = (options: OffsetOptions): HttpPages => ({
  by: 'offset',
  param: 'offset',
  limitParam: 'limit',
  in: 'query',
  mostPages,
  ...options,
});

interface PageNumberOptions extends Bounds {
  param?: string;
  from?: number;
  in?: 'query' | 'body';
  /** place of the number of pages; without it an empty page is the end */
  total?: string;
}

export const pageNumber = (options: PageNumberOptions = {}): HttpPages => ({
  by: 'page',
  param: 'page',
  from: 1,
  in: 'query',
  mostPages,
  ...options,
});
