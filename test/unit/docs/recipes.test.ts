import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { definitionFrom, removeDefinitions } from '../../support/definition-from.js';
import { extracted } from '../../support/extracted.js';
import { smallBucket } from '../../support/small-bucket.js';
import { faultyServer, type FaultyServer } from '../sources/faulty-server.js';

const page = readFileSync(new URL('../../../docs/recipes.md', import.meta.url), 'utf8');
const recipes = new Map(
  Array.from(page.matchAll(/^## (\w+).*?```ts\n(.*?)```/gms), ([, title = '', code = '']) => [title, code] as const),
);
const interval = { start: '2026-11-28T10:00:00Z', end: '2026-11-28T11:00:00Z' };

let server: FaultyServer;
beforeEach(async () => {
  server = await faultyServer();
});
afterEach(() => server.close());
afterAll(removeDefinitions);

type Handle = (url: URL, body: string, request: IncomingMessage) => { json: unknown; next?: string } | undefined;

/** asked with the credential, the imitation answers; without it, 401 */
async function read(title: string, environment: Record<string, string>, path: string, isKnown: string, handle: Handle) {
  server.handle = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    if (!Object.values(request.headers).includes(isKnown)) return void response.writeHead(401).end();
    const answer = handle(new URL(request.url ?? '', server.url), Buffer.concat(pieces).toString(), request);
    if (!answer) return void response.writeHead(400).end('not asked so');
    response
      .writeHead(200, answer.next ? { link: `<${answer.next}>; rel="next"` } : {})
      .end(JSON.stringify(answer.json));
  };
  const pipeline = await definitionFrom(recipes.get(title) ?? '');
  return extracted(pipeline, { address: `${server.url}${path}`, environment, interval });
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);
const minute = (at: number) => `2026-11-28T10:${String(at).padStart(2, '0')}:00Z`;

test('every recipe is run here', () => {
  expect([...recipes.keys()]).toEqual([
    'GitHub',
    'Stripe',
    'Shopify',
    'Elasticsearch',
    'GraphQL',
    'Firehose',
    'CloudTrail',
    'CSV',
    'Login',
    'Job',
    'Signed',
  ]);
});

test('GitHub: both pages are read, and what changed after the hour is dropped', async () => {
  const issue = (id: number, updated: string) => ({
    id,
    number: id,
    title: `issue ${id}`,
    state: 'open',
    user: id % 2 ? { login: 'ada' } : null,
    labels: [{ name: 'bug' }],
    created_at: minute(0),
    updated_at: updated,
  });
  const found = await read('GitHub', { GITHUB_TOKEN: 'token-1' }, '/issues', 'Bearer token-1', ({ searchParams }) => {
    if (searchParams.get('page') === '2') return { json: [issue(3, '2026-11-28T11:20:00Z')] };
    if (searchParams.get('since') !== interval.start) return undefined;
    return { json: [issue(1, minute(1)), issue(2, minute(2))], next: `${server.url}/issues?page=2` };
  });
  expect(found).toEqual({ objects: 2, records: 3, dropped: 1, valid: { issues: 2 }, rejected: [] });
});

test('Stripe: the last id leads on until has_more is false', async () => {
  const found = await read('Stripe', { STRIPE_KEY: 'key-12' }, '/v1/charges', 'Bearer key-12', ({ searchParams }) => {
    if (searchParams.get('created[gte]') !== String(Date.parse(interval.start) / 1000)) return undefined;
    const after = Number(searchParams.get('starting_after')?.slice(3) ?? 0);
    const data = numbers(after + 1, 100).map((id) => ({
      id: `ch_${id}`,
      object: 'charge',
      created: Date.parse(interval.start) / 1000 + id,
      amount: 1250,
      amount_refunded: 0,
      currency: 'eur',
      status: 'succeeded',
      metadata: { order: 'o-1' },
    }));
    return { json: { object: 'list', data, has_more: after < 200 } };
  });
  expect(found).toEqual({ objects: 3, records: 300, dropped: 0, valid: { charges: 300 }, rejected: [] });
});

test('Shopify: the link is followed as it is, and lines are rows of their own', async () => {
  const order = (id: number) => ({
    id,
    updated_at: '2026-11-28T12:30:00+02:00',
    currency: 'EUR',
    total_price: '12.50',
    line_items: [
      { id: id * 10, sku: 'A-1', quantity: 1, price: '2.50' },
      { id: id * 10 + 1, sku: null, quantity: 2, price: '5.00' },
    ],
  });
  const found = await read('Shopify', { SHOPIFY_TOKEN: 'token-1' }, '/orders.json', 'token-1', ({ searchParams }) => {
    if (searchParams.get('page_info') === 'abc') {
      // the API refuses filters beside page_info
      return searchParams.has('status') ? undefined : { json: { orders: [order(2)] } };
    }
    return { json: { orders: [order(1)] }, next: `${server.url}/orders.json?page_info=abc&limit=250` };
  });
  expect(found).toEqual({ objects: 2, records: 2, dropped: 0, valid: { orders: 2, order_lines: 4 }, rejected: [] });
});

test('Elasticsearch: a page without hits is the end', async () => {
  const basic = `Basic ${Buffer.from('reader:word-1').toString('base64')}`;
  const found = await read('Elasticsearch', { SEARCH_PASSWORD: 'word-1' }, '/events/_search', basic, (_, body) => {
    const { search_after: after = [0, 0], query } = JSON.parse(body) as {
      search_after?: [number, number];
      query: { range: { time: { gte: string } } };
    };
    if (query.range.time.gte !== interval.start) return undefined;
    const ids = after[1] < 40 ? numbers(after[1] + 1, 20) : [];
    const hits = ids.map((id) => ({
      _index: 'events',
      _id: `e${id}`,
      _score: null,
      _source: { time: minute(id % 60), message: `event ${id}` },
      sort: [Date.parse(minute(id % 60)), id],
    }));
    return { json: { took: 1, hits: { total: { value: 40, relation: 'eq' }, hits } } };
  });
  expect(found).toEqual({ objects: 3, records: 40, dropped: 0, valid: { events: 40 }, rejected: [] });
});

const graph = (json: (after: string | undefined) => unknown) =>
  read('GraphQL', { SHOP_KEY: 'key-12' }, '/graphql', 'key-12', (_, body) => {
    const { variables } = JSON.parse(body) as { variables: { from: string; to: string; after?: string } };
    return variables.from === interval.start && variables.to === interval.end
      ? { json: json(variables.after) }
      : undefined;
  });

test('GraphQL: the cursor goes into the variables', async () => {
  const found = await graph((after) => ({
    data: {
      orders: {
        nodes: [{ id: `o-${after ?? 'first'}`, updatedAt: minute(5), total: { amount: '9.90', currency: 'EUR' } }],
        pageInfo: { hasNextPage: after === undefined, endCursor: after === undefined ? 'c1' : 'c2' },
      },
    },
  }));
  expect(found).toEqual({ objects: 2, records: 2, dropped: 0, valid: { orders: 2 }, rejected: [] });
});

test('GraphQL: errors with status 200 fail the run with their message', async () => {
  await expect(graph(() => ({ data: null, errors: [{ message: 'the query costs too much' }] }))).rejects.toThrow(
    'the query costs too much',
  );
});

const aws = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

async function readBucket(title: string, objects: { key: string; modified: string; body: Buffer }[]) {
  for (const [name, value] of Object.entries(aws)) vi.stubEnv(name, value);
  const bucket = await smallBucket(objects);
  try {
    return await extracted(await definitionFrom(recipes.get(title) ?? ''), {
      address: bucket.url,
      environment: {},
      interval,
    });
  } finally {
    bucket.close();
    vi.unstubAllEnvs();
  }
}

test('Firehose: records without a newline between them, and a folder of the hour before', async () => {
  const click = (at: number) => JSON.stringify({ at: Date.parse(minute(at)), page: '/', user: at % 2 ? 'ada' : null });
  const found = await readBucket('Firehose', [
    { key: 'clicks/2026/11/28/10/a.gz', modified: minute(20), body: gzipSync(numbers(0, 5).map(click).join('')) },
    { key: 'clicks/2026/11/28/09/late.gz', modified: minute(2), body: gzipSync(numbers(5, 2).map(click).join('\n')) },
    { key: 'clicks/2026/11/28/10/next.gz', modified: '2026-11-28T11:00:00Z', body: gzipSync(click(9)) },
  ]);
  expect(found).toEqual({ objects: 2, records: 7, dropped: 0, valid: { clicks: 7 }, rejected: [] });
});

test('CloudTrail: each document is a list of calls', async () => {
  const call = (id: number) => ({
    eventVersion: '1.08',
    eventID: `id-${id}`,
    eventTime: minute(id),
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    awsRegion: 'eu-west-1',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/ada', accountId: '123456789012' },
    requestParameters: { bucketName: 'lake' },
    responseElements: null,
  });
  const folder = 'AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/28';
  const body = (ids: number[]) => gzipSync(JSON.stringify({ Records: ids.map(call) }));
  const found = await readBucket('CloudTrail', [
    { key: `${folder}/a.json.gz`, modified: minute(5), body: body(numbers(0, 3)) },
    { key: `${folder}/b.json.gz`, modified: minute(10), body: body(numbers(3, 2)) },
  ]);
  expect(found).toEqual({ objects: 2, records: 5, dropped: 0, valid: { calls: 5 }, rejected: [] });
});

test('CSV: fields are texts that the schema reads; other files of the drop are left', async () => {
  const csv = 'payout_id;paid_on;amount;items;comment\np-1;2026-11-27;12.50;3;caf\u00e9\np-2;2026-11-27;"7.00";1;\n';
  const found = await readBucket('CSV', [
    { key: 'payouts/2026-11-27.csv', modified: minute(5), body: Buffer.from(csv, 'latin1') },
    { key: 'payouts/README.txt', modified: minute(6), body: Buffer.from('hello') },
  ]);
  expect(found).toEqual({ objects: 1, records: 2, dropped: 0, valid: { payouts: 2 }, rejected: [] });
});

test('Login: the session of the first request opens the pages', async () => {
  const ticket = (id: number) => ({ id, subject: `ticket ${id}`, changed_at: minute(id) });
  let logins = 0;
  server.handle = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', server.url);
    if (pathname === '/login') {
      const [body] = await request.toArray();
      const { password } = JSON.parse(String(body)) as { password: string };
      if (password !== 'word-1') return void response.writeHead(401).end();
      return void response.end(JSON.stringify({ session: `s-${++logins}` }));
    }
    if (request.headers['x-session'] !== `s-${logins}`) return void response.writeHead(403).end();
    const page = Number(searchParams.get('page'));
    response.end(JSON.stringify({ more: page < 3, tickets: [ticket(page)] }));
  };
  const pipeline = await definitionFrom(recipes.get('Login') ?? '');
  const given = { address: server.url, interval };
  const found = await extracted(pipeline, { ...given, environment: { DESK_PASSWORD: 'word-1' } });
  expect(found).toEqual({ objects: 3, records: 3, dropped: 0, valid: { tickets: 3 }, rejected: [] });
  expect(logins).toBe(1);
  const refused = extracted(pipeline, { ...given, environment: { DESK_PASSWORD: 'word-2' } });
  await expect(refused).rejects.toMatchObject({ name: 'SourceRefused' });
});

test('Job: the export is ordered once, waited for and downloaded', async () => {
  const asked: string[] = [];
  server.handle = (request, response) => {
    const { pathname } = new URL(request.url ?? '', server.url);
    if (request.headers.authorization !== 'Bearer token-1') return void response.writeHead(401).end();
    asked.push(`${request.method} ${pathname}`);
    if (request.method === 'POST') return void response.end('{"id":"e7"}');
    const state = asked.length < 3 ? 'running' : 'done';
    const lines = numbers(0, 4).map((at) => `{"at":"${minute(at)}","page":"/"}\n`);
    response.end(pathname === '/exports/e7/file' ? lines.join('') : JSON.stringify({ state }));
  };
  const found = await extracted(await definitionFrom(recipes.get('Job') ?? ''), {
    address: server.url,
    environment: { STATS_TOKEN: 'token-1' },
    interval,
  });
  expect(found).toMatchObject({ objects: 2, records: 4, valid: { visits: 4 }, rejected: [] });
  expect(asked).toEqual(['POST /exports', 'GET /exports/e7', 'GET /exports/e7', 'GET /exports/e7/file']);
});

test('Signed: each request has a signature of what it asks', async () => {
  server.handle = (request, response) => {
    const [query = '', signature] = (request.url ?? '').slice('/fills?'.length).split('&signature=');
    const wanted = createHmac('sha256', 'secret-1').update(query).digest('hex');
    if (signature !== wanted || request.headers['x-key'] !== 'key-12') return void response.writeHead(401).end();
    const at = Number(new URLSearchParams(query).get('from'));
    response.end(JSON.stringify([{ id: at / 1000, price: '1.25', at }]));
  };
  const found = await extracted(await definitionFrom(recipes.get('Signed') ?? ''), {
    address: server.url,
    environment: { EXCHANGE_KEY: 'key-12', EXCHANGE_SECRET: 'secret-1' },
    interval,
  });
  expect(found).toEqual({ objects: 4, records: 4, dropped: 0, valid: { fills: 4 }, rejected: [] });
});
