import { type Dispatcher, interceptors, request } from 'undici';
import { TerminalError } from '../model/errors.js';
import type { Interval } from '../model/interval.js';
import type { HttpJsonSource } from '../model/source.js';
import { withTimes } from '../model/times.js';
import { networkFault, statusFault } from './faults.js';
import { httpAgent } from './http-agent.js';
import { heldBody, openBody, type RawBody } from './raw-body.js';
import type { BodyLimits, DriverOptions, RawObject, SourceDriver } from './source-driver.js';
import { userAgent } from './user-agent.js';

const mostRedirects = 5;
const shownOfBody = 300;

/** one GET an interval; its body is the interval's only object */
export function httpJsonDriver(source: HttpJsonSource, options: DriverOptions): SourceDriver {
  const dispatcher = httpAgent(options).compose(interceptors.redirect({ maxRedirections: mostRedirects }));
  return {
    async *list(interval, signal) {
      const url = urlOf(source, options.address, interval);
      const name = shownUrl(url, source);
      const what = `GET ${name}`;
      const response = await get(dispatcher, what, url, signal);
      if (source.emptyStatuses.includes(response.statusCode)) {
        await response.body.dump();
        return;
      }
      refuseFurtherPage(response, what, source);
      const open = (response: Response, signal: AbortSignal) => bodyOf(response, what, signal, options.limits);
      const body = await open(response, signal);
      const held = heldBody(body, async (signal) => open(await get(dispatcher, what, url, signal), signal));
      try {
        yield rawObject(name, response, body, held.open);
      } finally {
        held.release();
      }
    },
  };
}

type Response = Dispatcher.ResponseData;

function get(dispatcher: Dispatcher, what: string, url: string, signal: AbortSignal): Promise<Response> {
  // undici's request, unlike fetch, leaves a content encoding alone: raw keeps bytes as received
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': userAgent };
  return request(url, { dispatcher, headers, signal }).catch((error: unknown) => {
    throw networkFault(what, error, signal);
  });
}

async function bodyOf(
  response: Response,
  what: string,
  signal: AbortSignal,
  limits: BodyLimits | undefined,
): Promise<RawBody> {
  const { statusCode, body } = response;
  if (statusCode < 200 || statusCode > 299) {
    throw statusFault(what, statusCode, headerOf(response, 'retry-after'), await beginning(body));
  }
  const encodings = (headerOf(response, 'content-encoding') ?? '').toLowerCase().split(',');
  const encoding = encodings.map((name) => name.trim()).find((name) => unread.has(name));
  if (encoding) {
    body.on('error', () => undefined).destroy();
    throw new TerminalError('SourceRefused', `${what}: asked for identity or gzip, got content-encoding ${encoding}`);
  }
  return openBody(body, what, signal, lengthOf(response), limits);
}

/** encodings that are not read; gzip is seen by its first bytes, and other names, such as utf-8, encode nothing */
const unread = new Set(['br', 'deflate', 'zstd', 'compress', 'x-compress', 'dcb', 'dcz']);

/** RFC 8288: the relation may be quoted, and one of several */
const nextLink = /;\s*rel\s*=\s*(?:next\b|"(?:[^"]*\s)?next(?:\s[^"]*)?")/i;

function refuseFurtherPage(response: Response, what: string, { pages }: HttpJsonSource): void {
  if (pages === 'none' || !nextLink.test(headerOf(response, 'link') ?? '')) return;
  response.body.on('error', () => undefined).destroy();
  throw new TerminalError('MorePages', `${what}: the answer says that there is more: it has a Link to the next page`);
}

function rawObject(name: string, response: Response, { gzip, isUtf16 }: RawBody, open: RawObject['open']): RawObject {
  const etag = headerOf(response, 'etag');
  const bytes = lengthOf(response);
  const modified = Date.parse(headerOf(response, 'last-modified') ?? '');
  return {
    name,
    ...(etag && { etag }),
    ...(!Number.isNaN(modified) && { modified: new Date(modified).toISOString() }),
    gzip,
    ...(isUtf16 && { isUtf16 }),
    ...(bytes !== undefined && { bytes }),
    open,
  };
}

const headerOf = ({ headers }: Response, name: string): string | undefined => [headers[name]].flat()[0];

function lengthOf(response: Response): number | undefined {
  const length = headerOf(response, 'content-length');
  return length === undefined ? undefined : Number(length);
}

function urlOf(source: HttpJsonSource, address: string | undefined, interval: Interval): string {
  const url = new URL(withTimes(address ?? source.url, interval));
  for (const [name, value] of Object.entries(source.query)) {
    url.searchParams.set(name, withTimes(value, interval));
  }
  return url.href;
}

/** what is not in the definition came from a setting and may be a key: it is in no manifest and no message */
function shownUrl(href: string, { url, query }: HttpJsonSource): string {
  const shown = new URL(href);
  shown.username = shown.password = '';
  const known = new Set([...Object.keys(query), ...new URL(url).searchParams.keys()]);
  for (const name of new Set(shown.searchParams.keys())) if (!known.has(name)) shown.searchParams.set(name, '***');
  return shown.href;
}

/** of an answer that says no: enough to tell why */
async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= shownOfBody) break;
    }
  } catch {
    // the status says what matters
  }
  return text.slice(0, shownOfBody).trim();
}
