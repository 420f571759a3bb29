import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { freePort } from '../../local/ports.js';
import { world, type World } from '../support/world.js';

/** each would do harm where it met SQL, a shell, a path or a URL unquoted */
const names = [
  "x'; drop table monitor_db.run_executions; --.ndjson",
  'x"; drop schema minibuses cascade; --.ndjson',
  '$(touch pwned).ndjson',
  '`touch pwned`.ndjson',
  'a b&c|d>pwned;e.ndjson',
  '%2e%2e%2f%2e%2e%2fpwned.ndjson',
  'ü:name?x=1#y+z.ndjson',
  '{{ env_var("PGPASSWORD") }}.ndjson',
  '--select=pwned.ndjson',
];
const values = [...names, "'); delete from minibuses.positions; --", '\\', "''", ':p', '$1', '\u202e'];

let folder: string;
let store: ChildProcess;
let service: World;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waterclock-hostile-'));
  const data = join(folder, 'minibus-events', 'data');
  await mkdir(data, { recursive: true });
  for (const [at, name] of names.entries()) {
    const own = values.filter((_, index) => index % names.length === at);
    await writeFile(join(data, name), own.map((value) => JSON.stringify(position(value))).join('\n'));
    const modified = new Date('2022-11-24T10:30:00Z');
    await utimes(join(data, name), modified, modified);
  }
  const port = await freePort();
  const args = ['serve', 's3', '--addr', `127.0.0.1:${port}`, '--config', '/dev/null', '--read-only', folder];
  store = spawn(inject('stack').tools.rclone, args, { stdio: 'ignore' });
  service = await world({ WATERCLOCK_SOURCE_MINIBUSES: `http://127.0.0.1:${port}` });
  await service.startWorker();
}, 60_000);
afterAll(async () => {
  await service?.close();
  store?.kill('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

test('hostile file names and values are data from end to end', { timeout: 120_000 }, async () => {
  const run = await service.waterclock('run', 'minibuses', '--interval', '2022-11-24T10:00Z', '--wait');
  expect(run.json).toMatchObject({ status: 'completed' });

  const rows = await service.query('select bus_id from minibuses.positions');
  expect(rows).toHaveLength(values.length);
  expect(new Set(rows.map((row) => row['bus_id']))).toEqual(new Set(values));
  expect(await service.query('select files, records, status from monitor_db.ingestor_executions_latest')).toEqual([
    { files: names.length, records: values.length, status: 'extracted' },
  ]);
  expect(await service.query('select status from monitor_db.run_executions_latest')).toEqual([{ status: 'completed' }]);
});

test('the command takes them for names and values, never for more', async () => {
  for (const name of names.slice(0, 3)) {
    expect((await service.waterclock('run', name)).code).toBe(2);
    expect((await service.waterclock('show', name)).code).not.toBe(0);
  }
  const columns = names.map((_, at) => `:p${at} as p${at}`).join(', ');
  const given = names.flatMap((name, at) => ['--param', `p${at}=${name}`]);
  const { json } = await service.waterclock('query', `select ${columns}`, ...given);
  expect(json).toEqual([Object.fromEntries(names.map((name, at) => [`p${at}`, name]))]);
});

test('nothing was run by a shell', async () => {
  const places = await Promise.all(['.', folder, tmpdir()].map((place) => readdir(place)));
  expect(places.flat()).not.toContain('pwned');
});

function position(id: string): unknown {
  const at = '2022-11-24T10:10:00.000Z';
  const location = { lat: 52.5, lng: 13.4, at };
  return { event: 'update', on: 'bus', at, operator_id: "org'; --", data: { id, location } };
}
