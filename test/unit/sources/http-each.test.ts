import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { HttpSource } from '../../../model/http-source.js';
import { redactor } from '../../../model/redact.js';
import { defineEntity } from '../../../define/entity.js';
import { definePipeline } from '../../../define/pipeline.js';
import { bearer, http, nextUrl, pageNumber, secret } from '../../../sources/declare.js';
import { sourceSession } from '../../../sources/http/session.js';
import { openSource } from '../../../sources/open-source.js';
import type { Place } from '../../../sources/source-driver.js';
import { collect, interval, never } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

let server: FaultyServer;
const records = { form: 'json', at: 'items' } as const;
const queryOf = ({ url = '' }: IncomingMessage) => new URL(url, server.url);

/** five orders over two pages; the nth has n lines, two a page; the third is gone */
beforeEach(async () => {
  server = await faultyServer();
  server.handle = (request, response) => {
    const { pathname, searchParams } = queryOf(request);
    const page = Number(searchParams.get('page') ?? 1);
    if (pathname === '/orders') {
      const items = (page === 1 ? [1, 2, 3] : [4, 5]).map((id) => ({ order: { id: `o/${id}` } }));
      return response.end(JSON.stringify({ items, ...(page === 1 && { next: '/orders?page=2' }) }));
    }
    const id = Number(/o%2F(\d)/.exec(pathname)?.[1]);
    if (id === 3) return response.writeHead(404).end();
    const lines = Array.from({ length: id }, (_, line) => `${id}-${line}`);
    return response.end(JSON.stringify({ items: lines.slice((page - 1) * 2, page * 2) }));
  };
});
afterEach(() => server.close());

const source = (url = server.url, more: Partial<Parameters<typeof http>[0]> = {}) =>
  http({
    url: `${url}/orders/{each}/lines`,
    auth: bearer(secret('SHOP_TOKEN')),
    pages: pageNumber(),
    records,
    statuses: { empty: [404] },
    each: {
      from: http({ url: `${url}/orders`, query: { from: '{start:date}' }, pages: nextUrl('next'), records }),
      at: 'order.id',
    },
    ...more,
  });

const all = ['1-0', '2-0', '2-1', '4-0', '4-1', '4-2', '4-3', '5-0', '5-1', '5-2', '5-3', '5-4'];

function list(of: HttpSource, from?: Place, address?: string) {
  const session = sourceSession({ SHOP_TOKEN: 'planted' }, redactor({}));
  const driver = openSource(of, { session, firstWait: 1, ...(address && { address }) });
  return collect(driver.list(interval, never, from));
}

async function linesOf(objects: Awaited<ReturnType<typeof list>>): Promise<string[]> {
  const pages = await Promise.all(objects.map(async (object) => collect(await object.open(never))));
  return pages.flatMap((chunks) => (JSON.parse(Buffer.concat(chunks).toString()) as { items: string[] }).items);
}

test('the lines of every order of every page come once', async () => {
  expect(await linesOf(await list(source()))).toEqual(all);
  expect(server.requests[0]?.url).toBe('/orders?from=2022-11-24');
  expect(server.requests[1]).toMatchObject({
    url: '/orders/o%2F1/lines?page=1',
    headers: { authorization: 'Bearer planted' },
  });
});

test('they go on from any page, and ask for no page again', async () => {
  const objects = await list(source());
  const asked = server.requests.length;
  for (const [index, { after }] of objects.entries()) {
    server.requests.length = 0;
    const rest = await list(source(), JSON.parse(JSON.stringify(after)) as Place);
    expect(await linesOf(rest)).toEqual(await linesOf(objects.slice(index + 1)));
    expect(server.requests.length).toBeLessThan(asked - index);
    expect(JSON.stringify(after)).not.toContain('planted');
  }
});

test('an answer for each parent may be without pages', async () => {
  const single = source(server.url, { pages: 'none' });
  expect((await list(single)).map(({ name }) => new URL(name).pathname)).toEqual(
    [1, 2, 4, 5].map((id) => `/orders/o%2F${id}/lines`),
  );
  expect((await list(single)).at(-1)?.after).toBeNull();
});

test('another address takes the parents along', async () => {
  expect(await linesOf(await list(source('https://api.example.com'), undefined, server.url))).toEqual(all);
});

test('a parent without its value is an error', async () => {
  const wrong = source(server.url, {
    each: { from: http({ url: `${server.url}/orders`, pages: 'none', records }), at: 'id' },
  });
  await expect(list(wrong)).rejects.toThrow("record 0 has no text or number at 'id', for each");
});

test.each<[string, (good: HttpSource) => HttpSource]>([
  ['it has `each` and names {each} nowhere', (good) => ({ ...good, url: 'https://a.com/' })],
  [
    'its query parameter o has {each}, which is not known',
    () => http({ url: 'https://a.com/', query: { o: '{each}' } }),
  ],
  ['each.from: its url must be an address', (good) => ({ ...good, each: { from: http({ url: 'orders' }), at: 'id' } })],
  ['each.from has each itself', (good) => ({ ...good, each: { from: good, at: 'id' } })],
])('a definition is refused: %s', (problem, change) => {
  const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) });
  const define = (source: HttpSource) =>
    definePipeline({ name: 'p', description: '', schedule: { every: '1 hour' }, source, entities: [rows] });
  expect(() => define(source())).not.toThrow();
  expect(() => define(change(source()))).toThrow(problem);
});
