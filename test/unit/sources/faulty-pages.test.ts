import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HttpPages } from '../../../model/http-source.js';
import { redactor } from '../../../model/redact.js';
import {
  cursor,
  http,
  nextLink,
  nextUrl,
  oauth2ClientCredentials,
  offset,
  pageNumber,
  secret,
} from '../../../sources/declare.js';
import { sourceSession } from '../../../sources/http/session.js';
import { openSource } from '../../../sources/open-source.js';
import type { Place } from '../../../sources/source-driver.js';
import { atLevel } from '../../support/level.js';
import { pairwise } from '../../support/pairwise.js';
import { collect, interval, never } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

const pages = 5;
const size = 3;
const all = Array.from({ length: pages * size }, (_, id) => id);

const kinds: Record<string, HttpPages> = {
  'a Link header': nextLink(),
  'an address in the page': nextUrl('next'),
  'a cursor': cursor({ param: 'cursor', at: 'cursor' }),
  'the last id': cursor({ param: 'after', at: 'items.-1', until: 'more' }),
  'an offset with a total': offset({ limit: size, total: 'total' }),
  'an offset': offset({ limit: size }),
  'a number': pageNumber({ total: 'pages' }),
};

type Fault = (response: ServerResponse, body: string) => void;
const half = (body: string) => body.slice(0, body.length / 2);
/** each of them passes when the page is asked for again */
const faults: Record<string, Fault> = {
  none: (response, body) => response.end(body),
  'HTTP 500': (response) => response.writeHead(500).end('oops'),
  'HTTP 429 with seconds': (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  'HTTP 429 with a date': (response) =>
    response.writeHead(429, { 'retry-after': new Date(Date.now() - 1_000).toUTCString() }).end(),
  'a token that has ended': (response) => response.writeHead(401).end('who?'),
  'a body that breaks off': (response, body) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
    response.write(half(body), () => response.destroy());
  },
  'a body that ends early': (response, body) => response.end(half(body)),
  'gzip that ends early': (response, body) => {
    const packed = gzipSync(body);
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length - 9));
  },
  HTML: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Back soon</html>'),
  'no answer': (response) => response.destroy(),
  'a slow page': (response, body) => {
    response.write(half(body), () => setTimeout(() => response.end(body.slice(half(body).length)), 20));
  },
};

let server: FaultyServer;
beforeEach(async () => {
  server = await faultyServer();
});
afterEach(() => server.close());

function numberOf(kind: string, query: URLSearchParams): number {
  const value = (name: string) => Number(query.get(name) ?? 0);
  if (kind === 'the last id') return query.has('after') ? (value('after') + 1) / size : 0;
  if (kind.startsWith('an offset')) return value('offset') / size;
  return kind === 'a number' ? value('page') - 1 : value('cursor');
}

/** an API of five pages of which the nth has a fault when it is asked for the first time */
function serve(kind: string, fault: Fault, at: number): { given: number[] } {
  const given: number[] = [];
  let tokens = 0;
  let isOver = false;
  server.handle = (request, response) => {
    const url = new URL(request.url ?? '', server.url);
    if (url.pathname === '/token') return void response.end(`{"access_token":"token-${++tokens}"}`);
    if (request.headers.authorization !== `Bearer token-${tokens}`) return void response.writeHead(401).end();
    const page = numberOf(kind, url.searchParams);
    const next = page + 1 < pages ? `/items?cursor=${page + 1}` : undefined;
    const items = all.slice(page * size, (page + 1) * size);
    const members = { more: next !== undefined, total: all.length, pages, items };
    const body = JSON.stringify({ ...members, ...(next && { next, cursor: page + 1 }) });
    if (next) response.setHeader('link', `<${next}>; rel="next"`);
    if (page === at && !isOver) {
      isOver = true;
      return fault(response, body);
    }
    given.push(page);
    response.end(body);
  };
  return { given };
}

/** `dies`: objects that are kept before the worker dies; 0: it does not */
const product = Object.keys(kinds).flatMap((kind) =>
  Object.keys(faults).flatMap((fault) =>
    [0, 2, pages - 1].flatMap((at) => [0, 1, 2, 4].map((dies) => ({ kind, fault, at, dies }))),
  ),
);
const cases = atLevel(pairwise(product), product);

test.each(cases)(
  'pages by $kind, $fault on page $at, a death behind $dies objects: each record once',
  async ({ kind, fault: name, at, dies }) => {
    const fault = faults[name];
    const by = kinds[kind];
    if (!fault || !by) throw new Error('no such case');
    const { given } = serve(kind, fault, at);
    const source = http({
      url: `${server.url}/items`,
      auth: oauth2ClientCredentials({
        tokenUrl: `${server.url}/token`,
        clientId: 'me',
        clientSecret: secret('WORD'),
      }),
      pages: by,
      records: { form: 'json', at: 'items' },
    });
    const environment = { WORD: 'word-of-the-client' };
    const open = () =>
      openSource(source, {
        timeouts: { headers: 2_000, silence: 2_000 },
        firstWait: 1,
        session: sourceSession(environment, redactor(environment)),
      });
    const found: number[] = [];
    let place: Place | undefined;
    /** stops behind so many objects, as a worker that dies: the last one is asked for, and is not kept */
    async function attempt(objects: number): Promise<void> {
      let left = objects;
      for await (const object of open().list(interval, never, place)) {
        if (left-- === 0) return;
        const bytes = Buffer.concat(await collect(await object.open(never)));
        found.push(...(JSON.parse(bytes.toString()) as { items: number[] }).items);
        place = object.after;
      }
    }
    if (dies > 0) await attempt(dies);
    await attempt(Infinity);
    expect(found).toEqual(all);
    const extra = kind === 'an offset' ? 1 : 0;
    const allowed = pages + extra + (dies > 0 ? 1 : 0);
    expect(given.length).toBeLessThanOrEqual(allowed);
  },
);
