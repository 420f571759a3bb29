import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpSource } from '../../../model/http-source.js';
import { redactor } from '../../../model/redact.js';
import { cursor, http, nextLink, nextUrl, offset, pageNumber, secret } from '../../../sources/declare.js';
import { sourceSession } from '../../../sources/http/session.js';
import { openSource, type RawObject } from '../../../sources/open-source.js';
import type { Place } from '../../../sources/source-driver.js';
import { collect, contract, interval, never } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

const timeouts = { headers: 300, silence: 300 };
const records = { form: 'json', at: 'items' } as const;

let server: FaultyServer;
beforeEach(async () => {
  server = await faultyServer();
});
afterEach(() => server.close());

const open = (source: HttpSource, environment: Record<string, string> = {}) =>
  openSource(source, { timeouts, firstWait: 1, session: sourceSession(environment, redactor(environment)) });

async function idsOf(object: RawObject, at = 'items'): Promise<number[]> {
  const bytes = Buffer.concat(await collect(await object.open(never)));
  return (JSON.parse(bytes.toString()) as Record<string, number[]>)[at] ?? [];
}

/** ids of every page, in order */
async function read(source: HttpSource, from?: Place): Promise<number[]> {
  const ids: number[] = [];
  for await (const object of open(source).list(interval, never, from)) ids.push(...(await idsOf(object)));
  return ids;
}

const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const queryOf = ({ url = '' }: IncomingMessage) => new URL(url, server.url).searchParams;
const json = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await collect(request)).toString();
}

/** one block that is not compressed: Node 20 has no encoder */
function zstdFrame(text: string): Buffer {
  const bytes = Buffer.from(text);
  const header = Buffer.from('28b52ffda0', 'hex');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  const block = Buffer.alloc(3);
  block.writeUIntLE((bytes.length << 3) | 1, 0, 3);
  return Buffer.concat([header, size, block, bytes]);
}

contract('http with pages', {
  open: (address) =>
    openSource(http({ url: address, pages: nextLink(), records: { form: 'ndjson' } }), { timeouts, firstWait: 1 }),
  serve: (_, response, { body }) => body(response),
  serveNothing: (_, response) => response.writeHead(204).end(),
});

describe('each kind of pages brings every record once', () => {
  const all = ids(0, 25);
  const page = (from: number, size = 10) => all.slice(from, from + size);

  test('a Link header, with other relations before it', async () => {
    server.handle = (request, response) => {
      const at = Number(queryOf(request).get('at') ?? 0);
      const link = `</x?at=0>; rel="first", <${server.url}/x?at=${at + 10}>; title="a, b"; rel="next"`;
      json(response, { items: page(at) }, at + 10 < 25 ? { link } : { link: '</x?at=0>; rel="first"' });
    };
    expect(await read(http({ url: `${server.url}/x`, pages: nextLink(), records }))).toEqual(all);
    expect(server.requests.map(({ url }) => url)).toEqual(['/x', '/x?at=10', '/x?at=20']);
  });

  test('an address in the document, relative or whole', async () => {
    server.handle = (request, response) => {
      const at = Number(queryOf(request).get('at') ?? 0);
      const next = at === 0 ? '?at=10' : at === 10 ? `${server.url}/x?at=20` : null;
      json(response, { items: page(at), '@odata.nextLink': next });
    };
    expect(await read(http({ url: `${server.url}/x`, pages: nextUrl('@odata.nextLink'), records }))).toEqual(all);
  });

  test('a cursor that JavaScript could not hold, in the query', async () => {
    server.handle = (request, response) => {
      const at = queryOf(request).get('cursor') === '1374004777531007833' ? 10 : 0;
      const text = JSON.stringify({ items: page(at), meta: { next: at === 0 ? 'NUMBER' : '' } });
      response.end(text.replace('"NUMBER"', '1374004777531007833'));
    };
    const source = http({ url: server.url, pages: cursor({ param: 'cursor', at: 'meta.next' }), records });
    expect(await read(source)).toEqual(ids(0, 20));
  });

  test('the id of the last record as a cursor, until the server says that there is no more', async () => {
    server.handle = (request, response) => {
      const at = Number(queryOf(request).get('after') ?? -1) + 1;
      json(response, { items: page(at).map(String), has_more: at + 10 < 25 });
    };
    const pages = cursor({ param: 'after', at: 'items.-1', until: 'has_more' });
    expect(await read(http({ url: server.url, pages, records }))).toEqual(all.map(String));
  });

  test('a cursor within the variables of GraphQL', async () => {
    const bodies: unknown[] = [];
    server.handle = async (request, response) => {
      const body = JSON.parse(await bodyOf(request)) as { variables: { after?: string } };
      bodies.push(body);
      const at = Number(body.variables.after ?? 0);
      json(response, { items: page(at), page: { more: at + 10 < 25, end: String(at + 10) } });
    };
    const source = http({
      url: `${server.url}/graphql`,
      body: {
        json: {
          query: '{ orders(since: $since) { id start { at } } }',
          variables: { since: '{start}', to: '{end:epoch}' },
        },
      },
      pages: cursor({ param: 'variables.after', at: 'page.end', in: 'body', until: 'page.more' }),
      records,
    });
    expect(await read(source)).toEqual(all);
    expect(bodies[1]).toEqual({
      query: '{ orders(since: $since) { id start { at } } }',
      variables: { since: interval.start, to: 1669287600, after: '10' },
    });
  });

  test('an offset, from a server that gives fewer than it is asked for', async () => {
    server.handle = (request, response) => json(response, { items: page(Number(queryOf(request).get('offset')), 7) });
    expect(await read(http({ url: server.url, pages: offset({ limit: 100 }), records }))).toEqual(all);
    expect(server.requests.at(-1)?.url).toBe('/?offset=25&limit=100');
  });

  test('an offset with a total asks no page too many', async () => {
    server.handle = (request, response) =>
      json(response, { items: page(Number(queryOf(request).get('skip'))), meta: { total: 25 } });
    const pages = offset({ limit: 10, param: 'skip', limitParam: 'take', total: 'meta.total' });
    expect(await read(http({ url: server.url, pages, records }))).toEqual(all);
    expect(server.requests).toHaveLength(3);
  });

  test('numbered pages, to an empty one', async () => {
    server.handle = (request, response) =>
      json(response, { items: page((Number(queryOf(request).get('page')) - 1) * 10) });
    expect(await read(http({ url: server.url, pages: pageNumber(), records }))).toEqual(all);
    expect(server.requests).toHaveLength(4);
  });

  test('numbered pages in a form, with their number', async () => {
    server.handle = async (request, response) => {
      const number = Number(new URLSearchParams(await bodyOf(request)).get('p'));
      json(response, { items: page(number * 10), pages: 3 });
    };
    const pages = pageNumber({ param: 'p', from: 0, in: 'body', total: 'pages' });
    expect(await read(http({ url: server.url, body: { form: { day: '{start:date}' } }, pages, records }))).toEqual(all);
    expect(server.requests).toHaveLength(3);
  });

  test('a status that means that there is nothing ends the pages', async () => {
    server.handle = (request, response) => {
      const number = Number(queryOf(request).get('page'));
      if (number > 3) response.writeHead(404).end();
      else json(response, { items: page((number - 1) * 10) });
    };
    expect(await read(http({ url: server.url, pages: pageNumber(), records, statuses: { empty: [404] } }))).toEqual(
      all,
    );
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdFrame],
  ])('pages packed as %s stay as received', async (encoding, pack) => {
    server.handle = (request, response) => {
      const at = Number(queryOf(request).get('offset'));
      response.writeHead(200, { 'content-encoding': encoding }).end(pack(JSON.stringify({ items: page(at) })));
    };
    const found = await collect(
      open(http({ url: server.url, pages: offset({ limit: 10 }), records })).list(interval, never),
    );
    expect(found).toHaveLength(4);
    expect(found[0]).toMatchObject(encoding === 'gzip' ? { gzip: true } : { gzip: false, packing: encoding });
    const [first] = found;
    const bytes = first ? Buffer.concat(await collect(await first.open(never))) : undefined;
    expect(bytes).toEqual(pack(JSON.stringify({ items: page(0) })));
  });
});

describe('pages resume', () => {
  test('at the page that was reached, from any of them', async () => {
    const link = (at: number): Record<string, string> =>
      at < 40 ? { link: `</x?at=${at + 10}&api_key=k>; rel=next` } : {};
    server.handle = (request, response) => {
      const at = Number(queryOf(request).get('at') ?? 0);
      json(response, { items: ids(at, 10) }, link(at));
    };
    const source = http({ url: `${server.url}/x`, pages: nextLink(), records });
    const places = (await collect(open(source).list(interval, never))).map(({ after }) => after);
    expect(places).toHaveLength(5);
    for (const [index, place] of places.entries()) {
      const kept = JSON.parse(JSON.stringify(place)) as Place;
      const asked = server.requests.length;
      expect(await read(source, kept)).toEqual(ids((index + 1) * 10, 40 - index * 10));
      expect(server.requests.length - asked).toBe(4 - index);
    }
  });

  test('a place that is kept names a secret, and never has its value', async () => {
    const key = 'planted key/+&=';
    server.handle = (request, response) => {
      const query = queryOf(request);
      expect(query.get('api_key')).toBe(key);
      const at = Number(query.get('at') ?? 0);
      const next = `/x?at=${at + 10}&api_key=${encodeURIComponent(key)}`;
      json(response, { items: ids(at, 10), next: at < 20 ? next : undefined });
    };
    const source = http({
      url: `${server.url}/x`,
      query: { api_key: secret('SHOP_KEY') },
      pages: nextUrl('next'),
      records,
    });
    const driver = open(source, { SHOP_KEY: key });
    const [first, ...rest] = await collect(driver.list(interval, never));
    expect(rest).toHaveLength(2);
    const text = JSON.stringify([first, ...rest]);
    expect(text).toContain('{secret:SHOP_KEY}');
    expect(text).not.toMatch(/planted/);
    expect(await collect(driver.list(interval, never, JSON.parse(JSON.stringify(first?.after)) as Place))).toHaveLength(
      2,
    );
  });
});

describe('what is wrong with pages is an error', () => {
  const failing = (source: HttpSource) => expect(read(source)).rejects;

  test('a page that names itself', async () => {
    server.handle = (_, response) => json(response, { items: [1], next: '/x' });
    await failing(http({ url: `${server.url}/x`, pages: nextUrl('next'), records })).toMatchObject({
      name: 'EndlessPages',
    });
    expect(server.requests.length).toBeLessThan(3);
  });

  test('a circle of pages', async () => {
    server.handle = (request, response) => {
      const at = Number(queryOf(request).get('at') ?? 0);
      json(response, { items: [at], next: `/x?at=${(at + 1) % 3}` });
    };
    await failing(http({ url: `${server.url}/x?at=0`, pages: nextUrl('next'), records })).toMatchObject({
      name: 'EndlessPages',
      message: expect.stringContaining('leads back to an earlier page') as string,
    });
    expect(server.requests.length).toBeLessThan(6);
  });

  test('a server that leaves the offset unread gives the same records, though the rest of the page differs', async () => {
    server.handle = (_, response) => json(response, { took: server.requests.length, items: ids(0, 10) });
    await failing(http({ url: server.url, pages: offset({ limit: 10 }), records })).toMatchObject({
      name: 'EndlessPages',
      message: expect.stringContaining('has the records of page 1 again') as string,
    });
  });

  test('more pages than mostPages', async () => {
    server.handle = (request, response) => json(response, { items: [Number(queryOf(request).get('page'))] });
    await failing(http({ url: server.url, pages: pageNumber({ mostPages: 4 }), records })).toMatchObject({
      name: 'EndlessPages',
      message: expect.stringContaining('more pages than mostPages, 4') as string,
    });
    expect(server.requests).toHaveLength(4);
  });

  test('an empty page before the total', async () => {
    server.handle = (request, response) =>
      json(response, { items: queryOf(request).get('offset') === '0' ? ids(0, 10) : [], total: 25 });
    await failing(http({ url: server.url, pages: offset({ limit: 10, total: 'total' }), records })).toMatchObject({
      name: 'MorePages',
      message: expect.stringContaining('an empty page came after 10 of 25 records') as string,
    });
  });

  test.each(['has_more', 'next'])('a cursor without its %s', async (left) => {
    const { [left]: _, ...page } = { items: [1], has_more: true, next: 'a' } as Record<string, unknown>;
    server.handle = (_, response) => json(response, page);
    const pages = cursor({ param: 'c', at: 'next', until: 'has_more' });
    await failing(http({ url: server.url, pages, records })).toMatchObject({ name: 'MorePages' });
  });

  test('a page that ends early at any byte is asked for again, however it ends', async () => {
    const body = JSON.stringify({ items: [1, { a: 'ü' }], next: null });
    for (let cut = 0; cut < Buffer.byteLength(body); cut++) {
      server.requests.length = 0;
      server.handle = (_, response) => {
        const bytes = Buffer.from(body);
        // a length that is not reached, and an end that looks like one
        if (server.requests.length > 1)
          return response.end(server.requests.length > 2 ? bytes : bytes.subarray(0, cut));
        response.writeHead(200, { 'content-length': bytes.length });
        return response.write(bytes.subarray(0, cut), () => response.destroy());
      };
      expect(await read(http({ url: server.url, pages: nextUrl('next'), records })), `cut at ${cut}`).toHaveLength(2);
      expect(server.requests).toHaveLength(3);
    }
  });

  test.each([
    ['cut in the middle', '{"items":[1,2,{"a'],
    ['HTML', '<!doctype html><title>Maintenance</title>'],
  ])('a page that is %s with status 200 is asked for again', async (_, text) => {
    server.handle = (_, response) => (server.requests.length < 3 ? response.end(text) : json(response, { items: [1] }));
    expect(await read(http({ url: server.url, pages: nextUrl('next'), records }))).toEqual([1]);
    expect(server.requests).toHaveLength(3);
    server.handle = (_, response) => response.end(text);
    await failing(http({ url: server.url, pages: nextUrl('next'), records })).toMatchObject({ name: 'TransientError' });
  });
});

test('pages of CSV: rows are counted, not the header, and a quoted field may have lines', async () => {
  server.handle = (request, response) => {
    const at = Number(queryOf(request).get('offset'));
    const rows = ids(at, Math.min(2, 5 - at)).map((id) => `${id},"a\nb"\n`);
    response.writeHead(200, { 'content-type': 'text/csv' }).end(`id,note\n${rows.join('')}`);
  };
  const source = http({ url: `${server.url}/rows`, pages: offset({ limit: 2 }), records: { form: 'csv' } });
  const bodies: string[] = [];
  for await (const object of open(source).list(interval, never))
    bodies.push(Buffer.concat(await collect(await object.open(never))).toString());
  expect(bodies.map((body) => body.match(/^\d/gm))).toEqual([['0', '1'], ['2', '3'], ['4'], null]);
});
