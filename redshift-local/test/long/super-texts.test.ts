import * as arrow from 'apache-arrow';
import { afterAll, expect, inject, test } from 'vitest';
import { arrowFile } from '../../../test/support/parquet-files.js';
import { redshiftWorld, role, type RedshiftWorld } from '../support/redshift-world.js';

const worlds: RedshiftWorld[] = [];
afterAll(() => Promise.all(worlds.map((world) => world.close())));

async function world(largeStrings: boolean): Promise<RedshiftWorld> {
  const made = await redshiftWorld(inject('stack').tools.rclone, { largeStrings });
  worlds.push(made);
  return made;
}

const list = (texts: number, bytes: number) => Array.from({ length: texts }, () => 'x'.repeat(bytes));

/** what JSON_PARSE of a staged VARBYTE says of a document, as a load does it; nothing: it is stored */
async function parsed({ put, run, ok }: RedshiftWorld, value: unknown): Promise<string | undefined> {
  const bytes = Buffer.from(JSON.stringify(value));
  await put('staged.parquet', arrowFile({ doc: arrow.vectorFromArray([bytes], new arrow.Binary()) }));
  await ok(['drop table if exists staged', 'create table staged (doc varbyte(16777216))']);
  await ok(['drop table if exists documents', 'create table documents (doc super)']);
  await ok(`copy staged from 's3://lake/staged.parquet' ${role} format as parquet`);
  return (await run('insert into documents select json_parse(doc) from staged')).Error;
}

/** the same of COPY from JSON lines, and the reason that it keeps */
async function copied({ put, run, ok, rows }: RedshiftWorld, value: unknown): Promise<string | undefined> {
  await put('documents.json', JSON.stringify({ doc: value }));
  await ok(['drop table if exists documents', 'create table documents (doc super)']);
  const done = await run(`copy documents from 's3://lake/documents.json' ${role} format json 'auto'`);
  if (done.Status === 'FINISHED') return undefined;
  const [[reason] = []] = await rows(
    'select error_message from sys_load_error_detail order by start_time desc limit 1',
  );
  return String(reason).trim();
}

test('a text or a name within SUPER has at most 65,535 bytes, and the whole 16 MiB', async () => {
  const local = await world(false);
  const tooLong = /String value exceeds the max size of 65535 bytes/;
  for (const stored of [parsed, copied]) {
    expect(await stored(local, { a: ['x'.repeat(65_535)], b: list(3, 60_000) })).toBeUndefined();
    expect(await stored(local, { a: ['x'.repeat(65_536)] })).toMatch(tooLong);
    expect(await stored(local, [{ deep: { ['é'.repeat(32_768)]: 1 } }])).toMatch(tooLong);
  }
  expect(await parsed(local, list(279, 60_000))).toBeUndefined();
  const twice = 'insert into documents select array_concat(doc, doc) from documents';
  expect(await local.error(twice)).toMatch(/SUPER value exceeds the max size of 16777216 bytes/);
  expect(await local.rows('select is_large_string_enabled()')).toEqual([[false]]);
});

test('a database that has opted in takes texts of 16,000,000 bytes', async () => {
  const local = await world(true);
  const tooLong = /String value exceeds the max size of 16000000 bytes/;
  expect(await copied(local, { a: 'x'.repeat(65_536) })).toBeUndefined();
  expect(await parsed(local, { a: 'x'.repeat(16_000_000) })).toBeUndefined();
  expect(await parsed(local, { a: 'x'.repeat(16_000_001) })).toMatch(tooLong);
  expect(await local.rows('select is_large_string_enabled()')).toEqual([[true]]);
});
