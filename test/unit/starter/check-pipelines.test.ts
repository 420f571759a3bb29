import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { checkPipelines } from '../../../starter/check-pipelines.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-pipelines-'));
afterAll(() => rmSync(folder, { recursive: true }));

function define(name: string, entity: string): void {
  mkdirSync(join(folder, name));
  const pipeline = { name, grid: {}, policy: { after: [] }, entities: [{ plan: { name: entity } }] };
  writeFileSync(join(folder, name, 'definition.js'), `export const pipeline = ${JSON.stringify(pipeline)};\n`);
}

test('two pipelines whose entities would share an external table are both named', async () => {
  define('fleet', 'vehicle_event');
  define('fleet_vehicle', 'event');
  define('other', 'event');
  const { problems } = await checkPipelines(pathToFileURL(`${folder}/`));
  expect(problems).toEqual(
    ['fleet', 'fleet_vehicle'].map((definition) => ({
      definition,
      problem: `pipeline ${definition}: its external table spectrum.fleet_vehicle_event is also another's: rename the pipeline or the entity`,
    })),
  );
});
