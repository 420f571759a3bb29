import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { checkPipelines } from '../../../control/check-pipelines.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-pipelines-'));
const place = { folder, config: pathToFileURL(join(folder, 'waterclock.config.js')).href };
afterAll(() => rmSync(folder, { recursive: true }));

function define(name: string, entity: string): void {
  mkdirSync(join(folder, 'pipelines', name), { recursive: true });
  const pipeline = { name, grid: {}, policy: { after: [] }, entities: [{ plan: { name: entity } }] };
  writeFileSync(
    join(folder, 'pipelines', name, 'definition.js'),
    `export const pipeline = ${JSON.stringify(pipeline)};\n`,
  );
}

test('two pipelines whose entities would share an external table are both named', async () => {
  define('fleet', 'vehicle_event');
  define('fleet_vehicle', 'event');
  define('other', 'event');
  writeFileSync(
    join(folder, 'waterclock.config.js'),
    ['fleet', 'fleet_vehicle', 'other']
      .map((name, at) => `import { pipeline as p${at} } from './pipelines/${name}/definition.js';\n`)
      .join('') + 'export default { pipelines: [p0, p1, p2] };\n',
  );
  const { problems } = await checkPipelines(place);
  expect(problems).toEqual(
    ['fleet', 'fleet_vehicle'].map((definition) => ({
      definition,
      problem: `pipeline ${definition}: its external table spectrum.fleet_vehicle_event is also another's: rename the pipeline or the entity`,
    })),
  );
});
