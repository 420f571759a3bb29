import { isSecret, type HttpSource } from '../../model/http-source.js';
import type { Interval } from '../../model/interval.js';
import { mapTexts } from '../../model/map-texts.js';
import { withTimes } from '../../model/times.js';
import { userAgent } from '../user-agent.js';
import type { SourceSession } from './session.js';

/** one request, its credentials apart: they go to the source's own host only */
export interface Asked {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body?: string;
  secret: { headers: Record<string, string>; query: Record<string, string> };
}

const accepted = {
  json: 'application/json',
  ndjson: 'application/x-ndjson, application/json',
  csv: 'text/csv, text/plain;q=0.9, */*;q=0.1',
};

/** what a page adds to the request of the first one */
export interface PageChange {
  /** in place of the source's own address */
  url?: string;
  query?: Record<string, string>;
  /** at places of the body */
  body?: Record<string, unknown>;
}

/** the request of one interval and page */
export function requestOf(
  source: HttpSource,
  interval: Interval,
  { address, session }: { address: string | undefined; session: SourceSession },
  page: PageChange = {},
): Asked {
  const url = new URL(page.url ?? withTimes(address ?? source.url, interval));
  const headers: Record<string, string> = {
    accept: accepted[source.records.form],
    // undici's request, unlike fetch, leaves a content encoding alone: raw keeps bytes as received
    'accept-encoding': 'identity',
    'user-agent': userAgent,
  };
  const secret: Asked['secret'] = { headers: {}, query: {} };
  for (const [name, value] of Object.entries(source.query)) {
    if (isSecret(value)) secret.query[name] = session.read(value);
    else if (page.url === undefined) url.searchParams.set(name, withTimes(value, interval));
  }
  for (const [name, value] of Object.entries(page.query ?? {})) url.searchParams.set(name, value);
  const body = bodyOf(source, interval, session, page.body ?? {});
  if (body) headers['content-type'] = body.contentType;
  for (const [name, value] of Object.entries(source.headers)) {
    if (isSecret(value)) secret.headers[name.toLowerCase()] = session.read(value);
    else headers[name.toLowerCase()] = withTimes(value, interval);
  }
  const { username, password } = url;
  if (username || password) {
    url.username = url.password = '';
    if (!source.auth) secret.headers['authorization'] = basic(decoded(username), decoded(password), session);
  }
  const { method } = source;
  return { url, method, headers, secret, ...(body && { body: body.text }) };
}

export function basic(user: string, password: string, session: SourceSession): string {
  const pair = Buffer.from(`${user}:${password}`).toString('base64');
  session.redact.add(password);
  session.redact.add(pair);
  return `Basic ${pair}`;
}

function bodyOf({ body }: HttpSource, interval: Interval, session: SourceSession, changes: Record<string, unknown>) {
  if (!body) return undefined;
  if ('text' in body) return { text: withTimes(body.text, interval), contentType: body.contentType ?? 'text/plain' };
  if ('form' in body) {
    const fields = new URLSearchParams();
    for (const [name, value] of Object.entries(body.form)) {
      fields.set(name, isSecret(value) ? session.read(value) : withTimes(value, interval));
    }
    for (const [name, value] of Object.entries(changes)) fields.set(name, textOf(value));
    return { text: fields.toString(), contentType: 'application/x-www-form-urlencoded' };
  }
  const filled = mapTexts(body.json, (text) => {
    const value = withTimes(text, interval);
    return /^\{(start|end):epoch(-ms|Ms)?\}$/.test(text) ? Number(value) : value;
  });
  const whole = Object.entries(changes).reduce(placed, withSecrets(filled, session));
  return { text: JSON.stringify(whole), contentType: 'application/json' };
}

function withSecrets(value: unknown, session: SourceSession): unknown {
  if (isSecret(value)) return session.read(value);
  if (Array.isArray(value)) return value.map((one) => withSecrets(one, session));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withSecrets(one, session)]));
}

/** a document with one value in it, at a place like `variables.after` */
function placed(document: unknown, [place, value]: [string, unknown]): unknown {
  const [name = '', ...rest] = place.split('.');
  const members = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  return { ...members, [name]: rest.length > 0 ? placed(members[name], [rest.join('.'), value]) : value };
}

export const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
