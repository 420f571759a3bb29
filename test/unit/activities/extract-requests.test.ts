import { MockActivityEnvironment } from '@temporalio/testing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Dependencies } from '../../../activities/dependencies.js';
import { extract } from '../../../activities/extract.js';
import { validatePart } from '../../../activities/threads/validate-part.js';
import { defineEntity } from '../../../define/entity.js';
import type { ExtractManifest, Plan } from '../../../model/plan.js';
import type { HttpRequestsSource } from '../../../model/http-requests.js';
import { http, nextLink } from '../../../sources/declare.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';
import { tinyRun as run } from '../../support/tiny-run.js';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    if (pathname === '/orders') {
      const isFirst = !searchParams.has('page');
      const link = isFirst ? { link: '</orders?page=2>; rel=next' } : {};
      return response
        .writeHead(200, link)
        .end(JSON.stringify({ items: isFirst ? [{ id: 1 }, { id: 2 }] : [{ id: 3 }] }));
    }
    if (pathname === '/customers') return response.end('{"name":"a"}\n{"name":"b"}\n');
    const [, id] = /^\/orders\/(\d)\/lines$/.exec(pathname) ?? [];
    if (id) return response.end(JSON.stringify([{ order: Number(id), line: 1 }]));
    return response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const entity = (name: string, schema: z.ZodType, request?: string | string[]) =>
  defineEntity({ name, mode: 'append', schema, ...(request && { when: { $request: request } }) });
const entities = () => [
  entity('orders', z.object({ id: z.int() }), 'orders'),
  entity('customers', z.object({ name: z.string() }), ['customers']),
  entity('lines', z.object({ order: z.int(), line: z.int() }), 'lines'),
];
const source = (more: Parameters<typeof http>[0] | object = {}): HttpRequestsSource =>
  http({
    url,
    records: { form: 'json' },
    requests: {
      orders: { url: 'orders', pages: nextLink(), records: { form: 'json', at: 'items' } },
      customers: { url: 'customers', records: { form: 'ndjson' } },
      lines: { url: 'orders/{each}/lines', each: { from: 'orders', at: 'id' } },
    },
    ...more,
  });

test('each entity gets the records of its request, each request in the form that it has', async () => {
  const store = memoryStore();
  const pipeline = tinyPipeline({ source: source(), entities: entities() });
  const plan = {
    source: pipeline.source,
    entities: pipeline.entities.map(({ plan }) => plan),
    maxRejected: pipeline.maxRejected,
    rawBucket: 'raw',
    lakeBucket: 'lake',
  } as unknown as Plan;
  const dependencies = {
    store,
    pipelines: [pipeline],
    environment: {},
    settings: { sources: {}, sourceLimits: { bytes: 1e9, bytesPerSecond: 1 } },
  } as unknown as Dependencies;
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 });
  expect(await environment.run(() => extract(dependencies)({ run, plan }))).toMatchObject({ files: 6, parts: 3 });
  const body = await store.get({ bucket: 'lake', key: 'runs/tiny/r/extract.json' });
  const { parts } = JSON.parse(Buffer.from(body).toString()) as ExtractManifest;
  expect(parts.map(({ request, pages }) => [request, pages?.length])).toEqual([
    ['orders', 2],
    ['customers', 1],
    ['lines', 3],
  ]);
  expect(parts[1]?.key).toMatch(/part-00002\.ndjson$/);
  expect(parts[1]?.sources[0]?.name).toBe(`customers: ${url}/customers`);
  const counted = await Promise.all(
    parts.map((raw, part) =>
      validatePart({ run, plan, part, raw, rawBucket: 'raw' }, [pipeline], () => undefined, store),
    ),
  );
  const rows = counted.map(({ counts, entities }) => [
    counts.records,
    counts.routed,
    ...['orders', 'customers', 'lines'].map((name) => entities[name]?.valid),
  ]);
  expect(rows).toEqual([
    [3, 3, 3, 0, 0],
    [2, 2, 0, 2, 0],
    [3, 3, 0, 0, 3],
  ]);
});

test.each<[string, () => unknown, string]>([
  [
    'an unknown name',
    () =>
      tinyPipeline({ source: source(), entities: [...entities(), entity('x', z.object({ a: z.int() }), 'invoices')] }),
    "entity x takes the request 'invoices', which is not one of its source (known: orders, customers, lines)",
  ],
  [
    'a request that nobody takes',
    () => tinyPipeline({ source: source(), entities: entities().slice(1) }),
    "no entity takes the request 'orders'",
  ],
  ['a source without requests', () => tinyPipeline({ entities: entities() }), 'its source has no `requests`'],
  [
    'a parent that is not there',
    () => source({ requests: { a: { url: 'a/{each}', each: { from: 'b', at: 'id' } } } }),
    "request a: each.from names 'b', which is not one of the requests (a)",
  ],
  [
    'a parent that leads back',
    () => source({ requests: { a: { url: 'a/{each}', each: { from: 'a', at: 'id' } } } }),
    "'a', which leads back to itself",
  ],
  [
    'what is wrong with one of them',
    () => tinyPipeline({ source: source({ url: undefined }), entities: entities() }),
    'request orders: its url must be an address',
  ],
])('a definition is refused: %s', (_, define, problem) => {
  expect(define).toThrow(problem);
});
