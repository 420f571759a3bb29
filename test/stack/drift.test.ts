import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DriftReport } from '../../model/drift.js';
import { collection, reading } from '../support/readings.js';
import { world, type World } from '../support/world.js';

const at = Date.parse('2018-02-01T00:10:00Z');
const full = { reports: null, battery: 3.6 };
const features = [
  reading('a', at, { ...full, error: 0.4, battery: 'low' }),
  reading('b', at, { ...full, error: 0.5, review: { by: 'x' } }),
  reading('c', at, { ...full, url: undefined }),
];

let service: World;
let upstream: Server;
beforeAll(async () => {
  upstream = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(collection(...features));
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  service = await world({ WATERCLOCK_SOURCE_READINGS: `http://127.0.0.1:${port}/query` });
  await service.startWorker();
}, 60_000);
afterAll(async () => {
  await service?.close();
  upstream?.close();
});

test('a run tells which fields are new, missing and of another type', { timeout: 60_000 }, async () => {
  const words = ['run', 'readings', '--interval', '2018-02-01T00:00Z', '--dbt', 'skip', '--wait'];
  expect(await service.waterclock(...words)).toMatchObject({ code: 0 });
  const { json } = await service.waterclock('show', 'readings-2018-02-01T01:00:00Z');
  const { drift, details } = json as { drift: Record<string, DriftReport>; details: string };
  expect(drift['readings']).toEqual({
    new: [
      { field: 'properties.error', count: 2, type: 'number' },
      { field: 'properties.review', count: 1, type: 'object' },
    ],
    unnamed: 0,
    missing: [{ field: 'properties.samples', rows: 3 }],
    retyped: [{ field: 'properties.battery', count: 1, expected: 'number', got: 'string' }],
  });
  expect(details).toContain(
    '3 records, 0 ignored, 0 dropped, 2 rejected; fields of readings: 2 new, 1 missing, 1 retyped',
  );
});
