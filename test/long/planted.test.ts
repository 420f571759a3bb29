import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneProgram, type Clone } from '../support/clone.js';
import { echoApi, type EchoApi } from '../support/echo-api.js';
import { histories, ledger, objects } from '../support/places.js';
import { plantedPipelines } from '../support/planted-pipelines.js';
import { world, type World } from '../support/world.js';

const names = plantedPipelines('http://127.0.0.1').map(({ name }) => name);
/** a value with letters that an address, a form and JSON write in their own ways */
const wordOf = (name: string) => `planted/${name}+word&="é"`;
const secrets = Object.fromEntries(
  names
    .filter((name) => !['address', 'bucket'].includes(name))
    .map((name) => [`PLANTED_${name.toUpperCase()}`, wordOf(name)]),
);
const inAddress = { user: 'planted-user-word', key: 'planted-key-word' };

let clone: Clone;
let api: EchoApi;
let service: World;
let log = '';

beforeAll(async () => {
  clone = cloneProgram();
  api = await echoApi();
  await writeFile(
    join(clone.root, 'test/project/waterclock.config.ts'),
    `import { plantedPipelines } from '../support/planted-pipelines.js';\nexport default { pipelines: plantedPipelines('${api.url}') };\n`,
  );
  const address = `${api.url.replace('//', `//me:${inAddress.user}@`)}/address?api_key=${inAddress.key}`;
  service = await world({ ...secrets, WATERCLOCK_SOURCE_ADDRESS: address }, clone.root);
  const worker = await service.startWorker();
  for (const stream of [worker.stdout, worker.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
}, 180_000);
afterAll(async () => {
  await service?.close();
  api?.close();
  clone?.remove();
});

test(
  'a secret of any kind of source is in no plan, history, manifest, key, log, error, ledger or answer of a command',
  { timeout: 600_000 },
  async () => {
    const said: Record<string, unknown> = {};
    const runs = await Promise.all(
      names.map(async (name) => {
        const statuses: unknown[] = [];
        for (const hour of [10, 11]) {
          const run = ['run', name, '--interval', `2022-11-24T${hour}:00Z`, '--dbt', 'skip', '--wait'];
          const ended = `${name}-2022-11-24T${hour + 1}:00:00Z`;
          for (const command of [run, ['show', ended], ['logs', ended]])
            said[command.slice(0, 4).join(' ')] = await service.waterclock(...command);
          statuses.push((said[run.slice(0, 4).join(' ')] as { json?: { status?: string } }).json?.status);
        }
        said[`rejected ${name}`] = await service.waterclock('rejected', name);
        return [name, statuses] as const;
      }),
    );
    for (const command of [['runs'], ['pipelines'], ['secrets'], ['doctor'], ['late'], ['pools']])
      said[command.join(' ')] = await service.waterclock(...command);
    for (const [name, statuses] of runs) {
      const isPaged = !['coded', 'bucket', 'listed'].includes(name);
      expect({ name, statuses }).toEqual({ name, statuses: [isPaged ? 'completed' : 'failed', 'failed'] });
    }
    const places: Record<string, string> = {
      log,
      ...Object.fromEntries(Object.entries(said).map(([command, answer]) => [command, JSON.stringify(answer)])),
      ...(await histories(service)),
      ...(await objects(service)),
      ledger: JSON.stringify(await ledger(service)),
    };
    // what was looked at has something in it, of each pipeline
    for (const name of names) {
      expect(places[`history of ${name}-2022-11-24T11:00:00Z`]?.length).toBeGreaterThan(1_000);
      expect(Object.keys(places).filter((place) => place.startsWith(`runs/${name}/`)).length).toBeGreaterThan(0);
    }
    expect(log).toContain('***');
    expect(Object.keys(places).filter((place) => place.startsWith('rejected/')).length).toBeGreaterThan(5);

    const bucketKey = service.environment['AWS_SECRET_ACCESS_KEY'] ?? '';
    const words = [...Object.values(secrets), ...Object.values(inAddress), bucketKey, ...api.tokens];
    const leaks = Object.entries(places).flatMap(([place, text]) =>
      words
        // raw has what the server sent, whatever it is
        .filter((word) =>
          formsOf(word).some((form) => `${place} ${place.startsWith('raw/') ? '' : text}`.includes(form)),
        )
        .map((word) => `${word} in ${place}`),
    );
    expect(leaks).toEqual([]);
  },
);

/** as an address, a form, JSON and basic authentication write it */
function formsOf(word: string): string[] {
  const inForm = new URLSearchParams({ w: word }).toString().slice(2);
  const base64 = Buffer.from(`me:${word}`).toString('base64');
  return [word, encodeURIComponent(word), inForm, JSON.stringify(word).slice(1, -1), base64];
}
