import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { commands } from '../support/commands.js';
import { histories, ledger, objects } from '../support/places.js';
import { collection, reading } from '../support/readings.js';
import { world, type World } from '../support/world.js';

/** values of rows; the last is a time out of the years that a column takes, which its reason quotes */
const hostile = '\u001b]0;pwned\u0007 \u009b31m <!channel> \r \u202e';
const planted = { id: 'planted-id-7f3a', place: 'planted-place-91c2', time: '253402309999123' };

// oxlint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const at01 = Date.parse('2018-02-01T01:10:00Z');

let service: World;
let source: Server;
let features: object[] = [];
let log = '';

beforeAll(async () => {
  source = createServer((_, response) => response.end(collection(...features)));
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  service = await world({
    WATERCLOCK_SOURCE_READINGS: `http://127.0.0.1:${(source.address() as AddressInfo).port}/query`,
  });
  const worker = await service.startWorker();
  worker.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  worker.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
}, 60_000);
afterAll(async () => {
  await service?.close();
  source?.close();
});

test(
  'the values of rows that are rejected, refused by the warehouse or failing a dbt test are in the lake only',
  { timeout: 300_000 },
  async () => {
    features = [feature('a'), feature(planted.id)];
    expect(await run('00')).toMatchObject({ json: { status: 'completed' } });

    features = Array.from({ length: 20 }, (_, at) => feature(`b${at}`, { time: at01, updated: Number(planted.time) }));
    const rejected = await run('01');
    expect(rejected.json).toMatchObject({
      error: expect.stringMatching(
        /nothing of the 20 records read is usable: 20 at properties\.updated; see/,
      ) as string,
    });

    await inPostgres(`create function refuse() returns trigger language plpgsql as
      $$begin raise exception 'invalid input syntax for type integer: "%"', new.place; end$$`);
    await inPostgres('create trigger refuse before insert on readings.readings for each row execute function refuse()');
    features = [feature('c', { time: at01 + 3_600_000 })];
    const refused = await run('02');
    expect(refused.json).toMatchObject({
      error: expect.stringContaining('invalid input syntax for type integer: "…"') as string,
    });
    await inPostgres('drop trigger refuse on readings.readings');

    // what a merge never does
    await inPostgres('insert into readings.readings select * from readings.readings where id like $1', ['planted%']);
    await inPostgres('update readings.readings set _row_id = md5(random()::text) where id like $1', ['planted%']);
    features = [feature('d', { time: at01 + 7_200_000 })];
    const failed = await run('03', 'build');
    const file = /s3:\/\/\S+\/(artifacts\/dbt\/\S+\/failing_rows\.ndjson)/.exec(JSON.stringify(failed.json));
    expect(file?.[1]).toBeDefined();

    const places: Record<string, string> = {
      log,
      ledger: JSON.stringify(await ledger(service)),
      ...(await histories(service)),
    };
    expect(Object.keys(places).filter((place) => place.includes('alert-failed'))).toHaveLength(3);
    const leaks = Object.entries(places).flatMap(([place, text]) =>
      Object.entries(planted).flatMap(([what, value]) => (text.includes(value) ? [`${what} in ${place}`] : [])),
    );
    expect(leaks).toEqual([]);
    expect(log).not.toMatch(obeyed);

    // the lake has them, and who asks for them at a terminal sees them
    const lake = await objects(service);
    expect(lake[Object.keys(lake).find((key) => key.startsWith('rejected/')) ?? '']).toContain(planted.time);
    expect(lake[file?.[1] ?? '']).toContain(planted.id);
    const rows = expect.arrayContaining([
      { test: 'unique_stg_readings_reading_id', row: { unique_field: planted.id, n_records: 2 } },
    ]) as unknown;
    expect(failed.json).toMatchObject({ failingRows: rows });
    expect(await service.waterclock('show', 'readings-2018-02-01T04:00:00Z')).toMatchObject({
      json: { failingRows: rows },
    });
    expect(await service.waterclock('rejected', 'readings')).toMatchObject({
      json: { groups: [{ example: { record: expect.stringContaining(planted.place) as string } }] },
    });
  },
);

test('no command sends control characters of the data to the terminal', { timeout: 120_000 }, async () => {
  const hosted = commands(inject('stack').program, { ...service.environment, FORCE_COLOR: '1' });
  const range = ['readings', '--from', '2018-02-01T00:00Z', '--to', '2018-02-01T04:00Z'];
  const failed = (hour: number) => `readings-2018-02-01T0${hour}:00:00Z`;
  const asked = [
    ['query', 'select id, place from readings.readings'],
    ['query', `select 1 as "a" from "${hostile.replaceAll('\u0007', '')}"`],
    ['rejected', 'readings'],
    ['rejected', 'readings', '--records', '--limit', '2'],
    ...[2, 3, 4].flatMap((hour) => [
      ['show', failed(hour)],
      ['logs', failed(hour)],
    ]),
    ['show', hostile],
    ['runs', '--limit', '5'],
    ['grid', ...range],
    ['backfill', 'create', ...range, '--dbt', 'skip', '--wait'],
    ['late'],
    ['build', 'readings', '--wait'],
  ];
  const told: Record<string, string> = {};
  for (const words of asked) {
    for (const form of [[], ['--json']]) {
      const { stdout, stderr } = await hosted.run([...words, ...form], { code: 0, stdout: '', stderr: '' });
      // colours of our own
      // oxlint-disable-next-line no-control-regex
      told[[...words, ...form].join(' ')] = `${stdout}${stderr}`.replaceAll(/\u001b\[\d+m/g, '');
    }
  }
  await hosted.close();
  expect(Object.entries(told).filter(([, text]) => obeyed.test(text))).toEqual([]);
  const seen = '\\u001b]0;pwned\\u0007 \\u009b31m';
  expect(told['query select id, place from readings.readings']).toContain(seen);
  expect(told['rejected readings --records --limit 2']).toContain('pwned');
});

function run(hour: string, dbt = 'skip') {
  return service.waterclock('run', 'readings', '--interval', `2018-02-01T${hour}:00Z`, '--dbt', dbt, '--wait');
}

function feature(id: string, changes: object = {}) {
  const place = `${planted.place} ${hostile}`;
  return reading(id, Date.parse('2018-02-01T00:10:00Z'), { place, updated: 1, ...changes });
}

async function inPostgres(sql: string, values: string[] = []): Promise<void> {
  const { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = service.environment;
  const client = new pg.Client({ host, port: Number(port), user, password, database });
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}
