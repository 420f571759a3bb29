import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DriftReport } from '../../model/drift.js';
import { world, type World } from '../support/world.js';

const at = Date.parse('2018-02-01T00:10:00Z');
const common = {
  time: at,
  updated: at,
  mag: 1.5,
  magType: 'ml',
  place: 'x',
  type: 'earthquake',
  status: 'reviewed',
  net: 'ci',
  sig: 1,
  tsunami: 0,
  felt: null,
  alert: null,
  gap: 1,
  rms: 0.1,
  url: 'http://x',
};
const quake = (id: string, changes: object) => ({
  type: 'Feature',
  id,
  properties: { ...common, ...changes },
  geometry: { type: 'Point', coordinates: [1, 2, 3] },
});
const features = [
  quake('a', { depthError: 0.4, rms: 'low' }),
  quake('b', { depthError: 0.5, review: { by: 'x' } }),
  quake('c', { url: undefined }),
];

let service: World;
let upstream: Server;
beforeAll(async () => {
  upstream = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ type: 'FeatureCollection', features }));
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  service = await world({ WATERCLOCK_SOURCE_EARTHQUAKES: `http://127.0.0.1:${port}/query` });
  await service.startWorker();
}, 60_000);
afterAll(async () => {
  await service?.close();
  upstream?.close();
});

test('a run tells which fields are new, missing and of another type', { timeout: 60_000 }, async () => {
  const words = ['run', 'earthquakes', '--interval', '2018-02-01T00:00Z', '--dbt', 'skip', '--wait'];
  expect(await service.waterclock(...words)).toMatchObject({ code: 0 });
  const { json } = await service.waterclock('show', 'earthquakes-2018-02-01T01:00:00Z');
  const { drift, details } = json as { drift: Record<string, DriftReport>; details: string };
  expect(drift['earthquakes']).toEqual({
    new: [
      { field: 'properties.depthError', count: 2, type: 'number' },
      { field: 'properties.review', count: 1, type: 'object' },
    ],
    unnamed: 0,
    missing: [{ field: 'properties.nst', rows: 3 }],
    retyped: [{ field: 'properties.rms', count: 1, expected: 'number', got: 'string' }],
  });
  expect(details).toContain(
    '3 records, 0 ignored, 0 dropped, 2 rejected; fields of earthquakes: 2 new, 1 missing, 1 retyped',
  );
});
