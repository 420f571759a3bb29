import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPipelines } from '../../../control/check-pipelines.js';
import { scaffoldFrom } from '../../../starter/scaffold-from.js';
import { smallBucket } from '../../support/small-bucket.js';

// within the package, so that 'waterclock' is what it is to a project
const root = resolve(import.meta.dirname, '../../../.waterclock');
mkdirSync(root, { recursive: true });
const folder = mkdtempSync(join(root, 'new-from-'));
const place = { folder, config: pathToFileURL(join(folder, 'waterclock.config.ts')).href };
const planted = 'planted-key-0123456789';

const orders = Array.from({ length: 30 }, (_, id) => ({
  id: id + 1,
  updated_at: `2026-11-28T10:${String(id).padStart(2, '0')}:00Z`,
  total: id * 1.25,
  note: id % 3 ? `note ${id}` : null,
  lines: [{ sku: `A-${id}`, quantity: id }],
}));
const prices = `sku\tprice\tvalid_from\n${Array.from({ length: 25 }, (_, at) => `A-${at}\t${at}.50\t2026-11-28\n`).join('')}`;
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.headers.authorization} ${request.url}`);
  if (request.url === '/export') {
    response.writeHead(200, { 'content-type': `text/csv; charset=utf-8` });
    return void response.end(prices.replaceAll('\t', ';'));
  }
  if (request.headers.authorization !== 'Bearer planted-token-987') return void response.writeHead(401).end('who?');
  response.writeHead(200, { link: `<https://api.test/orders?page=2&api_key=${planted}>; rel="next"` });
  response.end(JSON.stringify({ data: orders, self: `https://api.test/orders?api_key=${planted}` }));
});

beforeAll(async () => {
  writeFileSync(
    join(folder, 'waterclock.config.ts'),
    "import { defineProject } from 'waterclock';\n\nexport default defineProject({ pipelines: [] });\n",
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const given = { environment: { SHOP_TOKEN: 'planted-token-987' }, dryRun: false, signal: new AbortController().signal };
const written = (path: string) => readFileSync(join(folder, path), 'utf8');

test('an address: the definition asks it by interval, with secrets by name and the pages that the answer showed', async () => {
  const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders?limit=30&updated_since=2026-11-28T10:00:00Z&updated_until=2026-11-28T11:00:00Z&api_key=${planted}`;
  const auth = { kind: 'bearer', token: { secret: 'SHOP_TOKEN' } } as const;
  const made = await scaffoldFrom(place, 'shop', { ...given, from, auth });
  expect(asked[0]).toMatch(/^Bearer planted-token-987 \/orders\?limit=30&updated_since=2026-11-28T10/);
  expect(made.read).toMatchObject({ records: 30, isCut: false });
  expect(made.entities.map(({ name, key }) => [name, key])).toEqual([
    ['shop', ['id']],
    ['lines', ['shop_id', 'position']],
  ]);
  const definition = written('pipelines/shop/definition.ts');
  expect(definition).toContain("updated_since: '{start}'");
  expect(definition).toContain("updated_until: '{end}'");
  expect(definition).toContain("api_key: secret('SHOP_API_KEY')");
  expect(definition).toContain("auth: bearer(secret('SHOP_TOKEN'))");
  expect(definition).toContain('pages: nextLink()');
  expect(definition).toContain("records: { form: 'json', at: 'data' }");
  expect(definition).toContain("order: ['updated_at']");
  expect(definition).toContain('note: text(16).nullable()');
  expect(definition).toContain(
    "with: { shop_id: 'id', shop_updated_at: 'updated_at' }, index: 'position', replace: true",
  );
  expect(written('pipelines/shop/sample/sample.yaml')).toContain(
    'where: { "updated_at": { from: "updated_since", to: "updated_until" } }',
  );
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toMatch(/planted/);
});

test('a gzipped file of lines: objects of a bucket, each kind a table', async () => {
  const file = join(folder, 'events.ndjson.gz');
  const events = Array.from({ length: 40 }, (_, at) =>
    at % 2
      ? { type: 'order.paid', id: `e${at}`, data: { order: at, amount: '12.50' } }
      : { type: 'user.moved', id: `e${at}`, data: { user: at, city: 'Vigo', street: 'Real' } },
  );
  writeFileSync(file, gzipSync(events.map((event) => JSON.stringify(event)).join('\n')));
  const made = await scaffoldFrom(place, 'events', { ...given, from: file });
  expect(made.entities.map(({ name }) => name)).toEqual(['user_moved', 'order_paid']);
  const definition = written('pipelines/events/definition.ts');
  expect(definition).toContain("when: { type: 'order.paid' }");
  expect(definition).toContain('amount: decimal(18, 4)');
  expect(definition).not.toContain(folder);
});

test('objects of a bucket: the day of the folder is the day of the interval', async () => {
  const body = (id: number) =>
    gzipSync(JSON.stringify({ Records: [{ eventID: `e-${id}`, eventTime: '2026-11-28T10:00:00Z', detail: [] }] }));
  const modified = '2026-11-28T10:05:00Z';
  const bucket = await smallBucket([
    { key: 'logs/2026/11/28/a.json.gz', modified, body: body(1) },
    { key: 'logs/2026/11/28/b.json.gz', modified, body: body(2) },
  ]);
  const environment = { WATERCLOCK_SOURCE_TRAILS: bucket.url };
  const from = 's3://audit-logs/logs/2026/11/28/';
  const made = await scaffoldFrom(place, 'trails', {
    ...given,
    from,
    environment,
    region: 'eu-west-1',
    anonymous: true,
  });
  bucket.close();
  expect(made.read).toMatchObject({ records: 2, isCut: false });
  const definition = written('pipelines/trails/definition.ts');
  expect(definition).toContain("bucket: 'audit-logs'");
  expect(definition).toContain("prefix: 'logs/{start:%Y/%m/%d}/'");
  expect(definition).toContain("records: { form: 'json', at: 'Records' }");
  expect(definition).toContain("region: 'eu-west-1',\n    anonymous: true,");
  expect(definition).toContain("key: ['event_id']");
  expect(made.files).toContain('pipelines/trails/sample/objects/a.json');
});

const priceColumns = ['sku: text(16)', 'price: exact(18, 4)', 'valid_from: z.iso.date()', "key: ['sku']"];

test('a gzipped TSV file: objects of a bucket, with the types that the texts say', async () => {
  const file = join(folder, 'prices.tsv.gz');
  writeFileSync(file, gzipSync(prices));
  const made = await scaffoldFrom(place, 'prices', { ...given, from: file });
  expect(made.read).toMatchObject({ records: 25, isCut: false });
  const definition = written('pipelines/prices/definition.ts');
  for (const line of [...priceColumns, 'source: s3Objects({', "records: { form: 'csv', delimiter: '\\t' }"])
    expect(definition).toContain(line);
  expect(written('pipelines/prices/sample/objects/prices.tsv')).toBe(prices);
});

test('an address that answers with CSV', async () => {
  const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/export`;
  await scaffoldFrom(place, 'export', { ...given, from });
  const definition = written('pipelines/export/definition.ts');
  for (const line of [...priceColumns, 'source: http({', "records: { form: 'csv', delimiter: ';' }"])
    expect(definition).toContain(line);
  expect(written('pipelines/export/sample/sample.yaml')).toContain('file: "answer.csv"');
});

test('CSV objects of a bucket', async () => {
  const modified = '2026-11-28T10:05:00Z';
  const body = Buffer.from(prices.replaceAll('\t', ','));
  const bucket = await smallBucket([{ key: 'drop/2026-11-28/prices.csv', modified, body }]);
  const environment = { WATERCLOCK_SOURCE_DROP: bucket.url };
  const from = 's3://supplier/drop/2026-11-28/';
  await scaffoldFrom(place, 'drop', { ...given, from, environment, anonymous: true });
  bucket.close();
  const definition = written('pipelines/drop/definition.ts');
  for (const line of [...priceColumns, "prefix: 'drop/{start:date}/'", "records: { form: 'csv' }"])
    expect(definition).toContain(line);
});

test('what was written passes the check of the project', async () => {
  const { pipelines, problems } = await checkPipelines(place);
  expect(problems).toEqual([]);
  expect(pipelines.map(({ name }) => name)).toEqual(['drop', 'events', 'export', 'prices', 'shop', 'trails']);
});

test.each([
  ['nothing.json', /the file does not exist/],
  ['empty.json', /empty.json is empty/],
  ['page.json', /is not JSON: it begins with "<html>/],
  ['cut.json', /cut.json is not a JSON document/],
])('%s is refused, and nothing is written', async (file, told) => {
  writeFileSync(join(folder, 'empty.json'), ' \n');
  writeFileSync(join(folder, 'page.json'), '<html></html>');
  writeFileSync(join(folder, 'cut.json'), '{"data": [');
  await expect(scaffoldFrom(place, 'refused', { ...given, from: join(folder, file) })).rejects.toThrow(told);
  expect(readdirSync(join(folder, 'pipelines'))).not.toContain('refused');
});

test('an address that refuses is reported with its status, without the key', async () => {
  const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders?api_key=${planted}`;
  const refused = scaffoldFrom(place, 'refused', { ...given, from });
  await expect(refused).rejects.toThrow(/got HTTP 401: who\?/);
  await expect(refused).rejects.not.toThrow(/planted/);
});
