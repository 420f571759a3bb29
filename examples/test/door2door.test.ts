import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { validated } from 'waterclock/testing';
import { door2doorPipeline } from '../pipelines/door2door/definition.js';
import { covered } from './support/upstream.js';

const objects = fileURLToPath(new URL('../pipelines/door2door/sample/objects', import.meta.url));

test('the sample covers two hours', async () => {
  expect(await covered('door2door', 3_600_000, 300_000)).toMatchObject({
    from: '2022-11-24T10:00:00Z',
    to: '2022-11-24T12:00:00Z',
    simulated: true,
  });
});

test('every record of it is counted, and wrong ones are rejected with their reasons', async () => {
  const lines = readdirSync(objects).map((name) => readFileSync(`${objects}/${name}`, 'utf8').replace(/\n?$/, '\n'));
  const { counts, entities, records } = await validated(door2doorPipeline, lines.join(''));
  expect(counts.records).toBe(counts.routed + counts.ignored + counts.dropped + counts.unparseable);
  expect(counts.ignored).toBeGreaterThan(0);
  expect(entities['vehicle_location']?.valid).toBeGreaterThan(1_000);
  expect(entities['operating_periods']?.valid).toBeGreaterThan(0);
  for (const { reasons } of records) expect(reasons).not.toEqual([]);
});
