import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { validated } from 'waterclock/testing';
import { spacexPipeline } from '../pipelines/spacex/definition.js';
import { covered } from './support/upstream.js';

const text = readFileSync(new URL('../pipelines/spacex/sample/launches.json', import.meta.url), 'utf8');

test('the sample shows one moment', async () => {
  expect(await covered('spacex', 86_400_000, 3_600_000)).toEqual({
    snapshotAt: '2022-11-25T01:00:00Z',
    simulated: true,
  });
});

test('its launches are invented, and say so; each gives a row to each of its cores', async () => {
  const launches = JSON.parse(text) as { name: string; cores: unknown[] }[];
  expect(launches).toHaveLength(12);
  for (const { name } of launches) expect(name).toMatch(/^Simulated-\d+$/);
  const { entities, records } = await validated(spacexPipeline, text);
  expect(records).toEqual([]);
  expect(entities['launches']).toMatchObject({ valid: 12, rejected: 0 });
  expect(entities['launch_cores']?.valid).toBe(launches.flatMap(({ cores }) => cores).length);
});
