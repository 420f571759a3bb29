import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scaffoldFrom } from '../../../starter/scaffold-from.js';
import { definitionFrom, removeDefinitions } from '../../support/definition-from.js';
import { extracted } from '../../support/extracted.js';
import { faultyServer, type FaultyServer } from '../sources/faulty-server.js';

const page = readFileSync(new URL('../../../docs/tutorial.md', import.meta.url), 'utf8');
const [, definition = ''] = /```ts\n(.*?)```/s.exec(page) ?? [];
const root = resolve(import.meta.dirname, '../../../.waterclock');
mkdirSync(root, { recursive: true });
const folder = mkdtempSync(join(root, 'tutorial-'));

const line = (sku: string, quantity = 1) => ({ sku, quantity, price: '2.50' });
const order = (id: number, updated_at: string, status: string, lines: object[]) => ({
  id,
  updated_at,
  status,
  customer: { email: `customer${id}@example.com`, name: id % 2 ? 'Ada' : null },
  total: '12.50',
  lines,
});
/** every change of an order is listed by its time; the API includes both ends */
const changes = [
  order(1, '2026-11-28T10:05:00Z', 'placed', [line('A'), line('B')]),
  order(2, '2026-11-28T10:30:00Z', 'placed', [line('A', 2), line('C')]),
  order(3, '2026-11-28T10:45:00Z', 'placed', [line('D')]),
  order(2, '2026-11-28T11:15:00Z', 'changed', [line('C')]),
];

let server: FaultyServer;
beforeAll(async () => {
  server = await faultyServer();
  server.handle = ({ url = '', headers }, response) => {
    if (headers.authorization !== 'Bearer token-of-the-shop') return response.writeHead(401).end();
    const { searchParams } = new URL(url, server.url);
    const [from = '', to = ''] = ['updated_from', 'updated_to'].map((name) => searchParams.get(name) ?? '');
    const found = changes.filter(({ updated_at }) => updated_at >= from && updated_at <= to);
    const at = Number(searchParams.get('page') ?? 0) * 2;
    const next = at + 2 < found.length ? `/orders?updated_from=${from}&updated_to=${to}&page=${at / 2 + 1}` : null;
    return response.end(JSON.stringify({ data: found.slice(at, at + 2), paging: { next } }));
  };
});
afterAll(async () => {
  await server.close();
  removeDefinitions();
  rmSync(folder, { recursive: true });
});

test('the first command makes a definition that knows token, pages, list, interval and lines', async () => {
  const [, address = ''] = /new shop --bearer SHOP_TOKEN --from "https:\/\/api.example.com([^"]+)"/.exec(page) ?? [];
  const config = join(folder, 'waterclock.config.ts');
  writeFileSync(
    config,
    "import { defineProject } from 'waterclock';\n\nexport default defineProject({ pipelines: [] });\n",
  );
  const made = await scaffoldFrom({ folder, config: pathToFileURL(config).href }, 'shop', {
    from: `${server.url}${address}`,
    auth: { kind: 'bearer', token: { secret: 'SHOP_TOKEN' } },
    environment: { SHOP_TOKEN: 'token-of-the-shop' },
    dryRun: false,
    signal: new AbortController().signal,
  });
  expect(made.entities.map(({ name, key }) => [name, key])).toEqual([
    ['shop', ['id']],
    ['lines', ['shop_id', 'position']],
  ]);
  const text = readFileSync(join(folder, 'pipelines/shop/definition.ts'), 'utf8');
  expect(text).toContain("query: { updated_from: '{start}', updated_to: '{end}' }");
  expect(text).toContain("auth: bearer(secret('SHOP_TOKEN'))");
  expect(text).toContain("pages: nextUrl('paging.next')");
  expect(text).toContain("records: { form: 'json', at: 'data' }");
  expect(text).toContain("order: ['updated_at']");
});

const cells = (row: string) =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const rows = Array.from(page.matchAll(/^\| \d\d:00.*$/gm), ([row]) => cells(row));

test.each(rows)('the hour %s has what the page says', async (hour, pages, read, orders, lines) => {
  const start = `2026-11-28T${hour}:00Z`;
  const interval = { start, end: new Date(Date.parse(start) + 3_600_000).toISOString().replace('.000', '') };
  const found = await extracted(await definitionFrom(definition), {
    address: `${server.url}/orders`,
    environment: { SHOP_TOKEN: 'token-of-the-shop' },
    interval,
  });
  expect(found).toEqual({
    objects: Number(pages),
    records: Number(read),
    dropped: 0,
    valid: { orders: Number(orders), order_lines: Number(lines) },
    rejected: [],
  });
});

test('without the token the run fails before its first request, and names it', async () => {
  const before = server.requests.length;
  const interval = { start: '2026-11-28T10:00:00Z', end: '2026-11-28T11:00:00Z' };
  const run = extracted(await definitionFrom(definition), {
    address: `${server.url}/orders`,
    environment: {},
    interval,
  });
  await expect(run).rejects.toThrow('SHOP_TOKEN is not set');
  expect(server.requests.length).toBe(before);
});
