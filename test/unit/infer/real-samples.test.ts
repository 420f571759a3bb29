import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { check } from 'prettier';
import { afterAll, expect, test } from 'vitest';
import { inferSample } from '../../../infer/infer-sample.js';
import { readSample } from '../../../infer/read-sample.js';
import { renderDefinition } from '../../../infer/render-definition.js';
import { validated } from '../../../testing/validated.js';
import { definitionFrom, removeDefinitions } from '../../support/definition-from.js';

const shared = resolve(import.meta.dirname, '../../../../shared');
afterAll(removeDefinitions);

/** the lines that a person changes: where the source is. The schema of each loads every record as it is */
const address = ["url: 'https://example.com/probe',", 'snapshot: true,'];
const bucket = ["bucket: 'your-bucket',", "prefix: 'probe/',"];

const samples: [file: string, records: number, rows: Record<string, number>, byHand: string[]][] = [
  ['cases/runs/data/citibike_station_status.json', 845, { probe: 845, eightd_active_station_services: 21 }, address],
  ['cases/runs/data/coingecko_rates.json', 1, { probe: 61 }, address],
  ['cases/runs/data/github_events.json', 30, { push_event: 15, commits: 22 }, address],
  ['cases/runs/data/nasa_neo.json', 1, { probe: 37 }, address],
  ['cases/runs/data/open_meteo.json', 1, { probe: 168 }, address],
  ['data/door2door/2019-06-01-15-17-4-events.json', 3, { vehicle: 2, operating_period: 1 }, bucket],
  ['data/earthquakes/all_hour.geojson', 8, { probe: 8 }, address],
  ['data/github-events/2021-07-21-few-hours.json', 800, { probe: 800 }, bucket],
  ['data/spacex/launches.json', 132, { probe: 132, cores: 142 }, address],
];

const there = samples.filter(([file]) => existsSync(resolve(shared, file)));

test.skipIf(there.length < samples.length)(`the real samples (skipped without ${shared})`, () => {
  expect(there.length).toBe(samples.length);
});

test.for(there)('%s loads whole by its definition', async ([file, records, rows, byHand]) => {
  const path = resolve(shared, file);
  const text = await definitionOf(path);
  for (const line of byHand) expect(text).toContain(line);
  expect(byHand.length).toBeLessThanOrEqual(3);
  expect(await check(text, { parser: 'typescript', printWidth: 120, singleQuote: true })).toBe(true);
  // a linter refuses a helper that nothing uses
  for (const [, helper = ''] of text.matchAll(/^const (\w+) = (?:\(|z)/gm))
    expect(text.split(`: ${helper}`).length).toBeGreaterThan(1);
  const pipeline = await definitionFrom(text);
  const result = await validated(pipeline, await readFile(path));
  expect(result.records.map(({ entity, reasons }) => [entity, ...reasons])).toEqual([]);
  expect(result.counts).toEqual({ records, routed: records, ignored: 0, dropped: 0, unparseable: 0 });
  for (const [entity, valid] of Object.entries(rows)) expect(result.entities[entity]).toMatchObject({ valid });
  // nothing that came is left over
  for (const { drift } of Object.values(result.entities)) expect(drift?.unknown ?? {}).toEqual({});
});

async function definitionOf(path: string): Promise<string> {
  const read = await readSample(path, { pipeline: 'probe', environment: {}, signal: new AbortController().signal });
  const sample = await inferSample('probe', read.bodies, read.isLines);
  return renderDefinition({ name: 'probe', camel: 'probe', from: basename(path), read, sample });
}
