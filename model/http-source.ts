import type { RecordForm } from './record-form.js';
import type { StateValue } from './state-value.js';

/** the name of a value that workers read at use, from where it is kept: the value itself is in no plan */
export interface Secret {
  secret: string;
}

export type SecretText = string | Secret;

/** members of a JSON body are any data whose texts may have times, params and secrets */
export type HttpBody =
  { json: unknown } | { form: Record<string, SecretText> } | { text: string; contentType?: string };

export type HttpAuth =
  | { kind: 'bearer'; token: Secret }
  | { kind: 'basic'; user: SecretText; password: Secret }
  | { kind: 'apiKey'; in: 'header' | 'query'; name: string; value: Secret; prefix?: string }
  | OAuth2;

export interface OAuth2 {
  kind: 'oauth2-client-credentials' | 'oauth2-refresh-token';
  tokenUrl: string;
  clientId: SecretText;
  /** absent for a public client that has a refresh token only */
  clientSecret?: Secret;
  refreshToken?: Secret;
  /** further fields of the token request: `scope`, `audience` */
  fields: Record<string, SecretText>;
  /** how the client names itself to the token address */
  client: 'basic' | 'body';
}

type PageKind =
  | { by: 'link' }
  | { by: 'url'; at: string }
  | { by: 'cursor'; param: string; at: string; in: 'query' | 'body'; until?: string }
  | { by: 'offset'; param: string; limitParam: string; limit: number; in: 'query' | 'body'; total?: string }
  | { by: 'page'; param: string; from: number; in: 'query' | 'body'; total?: string };

/** how one page leads to the next; reaching `mostPages` is an error */
export type HttpPages = PageKind & { mostPages: number };

/** a condition on the body of an answer whose status is good */
export interface HttpFailure {
  /** fails when this place has a value that is neither null, false nor empty, or equals `is` */
  at: string;
  /** the value that says that it failed */
  is?: string | number | boolean;
  /** place of the message */
  message?: string;
  /** it may pass: the request is made again */
  wait: boolean;
}

/** requests of one interval to an HTTP API; every text may have times and params, see model/times.ts */
export interface HttpSource {
  kind: 'http';
  url: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  query: Record<string, SecretText>;
  headers: Record<string, SecretText>;
  body?: HttpBody;
  auth?: HttpAuth;
  /** `none`: the answer is the whole, whatever it says; absent: one that says that there is more fails the run */
  pages?: HttpPages | 'none';
  /** the requests are made for each value at this place of the records that another request lists: `{each}` */
  each?: { from: HttpSource; at: string };
  /** what an interval hands to the next, as `{state.<name>}`: its intervals run in order */
  state?: Record<string, StateValue>;
  records: RecordForm;
  /** the whole state of an API: it has no past */
  snapshot: boolean;
  /** what statuses mean where they do not mean the usual */
  statuses: { empty: number[]; wait: number[]; giveUp: number[] };
  failure?: HttpFailure;
  rate?: { perSecond?: number; remaining?: string; reset?: string };
  /** ms */
  timeouts?: { firstByte?: number; total?: number };
  /** of one answer, as received */
  mostBytes?: number;
  /** `host` or `host:port` beside the source's own that a redirect, link or token address may name */
  hosts: string[];
}

/** a definition's secrets, each name once */
export function secretNames(value: unknown): string[] {
  const found = new Set<string>();
  const walk = (one: unknown): void => {
    if (isSecret(one)) found.add(one.secret);
    else if (typeof one === 'object' && one !== null) Object.values(one).forEach(walk);
  };
  walk(value);
  return [...found];
}

export function isSecret(value: unknown): value is Secret {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
  return 'secret' in value && typeof value.secret === 'string';
}
