import { expect, test } from 'vitest';
import { withoutDatabase } from '../../sql/connected-database.js';
import { render, tokenize } from '../../sql/tokens.js';
import { bindOf, settingsOf } from '../../wire/client-messages.js';
import { rowConverter } from '../../wire/result-types.js';
import { dataRow, valuesOf } from '../../wire/server-messages.js';
import { fits } from '../../wire/sign-in.js';
import { wireError } from '../../wire/wire-errors.js';
import { Refusal } from '../../sql/refusal.js';

test.each([
  ['select a from dev.s.t', 'select a from s.t'],
  ['select "dev"."s"."t"."a" from "dev"."s"."t"', 'select "s"."t"."a" from "s"."t"'],
  ['select * from dev.t', 'select * from dev.t'],
  ['select * from other.s.t', 'select * from other.s.t'],
  ["select 'dev.s.t', x.dev.s.t", "select 'dev.s.t', x.dev.s.t"],
  ['create schema if not exists "dev"."s"', 'create schema if not exists "s"'],
  ['drop schema if exists dev.s cascade', 'drop schema if exists s cascade'],
  ['create schema s authorization dev', 'create schema s authorization dev'],
])('%s names the connected database', (sql, shown) => {
  expect(render(withoutDatabase(tokenize(sql), 'dev'))).toBe(shown);
});

test('a password is held against what PostgreSQL keeps of it', () => {
  const scram =
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';
  expect(fits('user', 'pencil', scram)).toBe(true);
  expect(fits('user', 'pen', scram)).toBe(false);
  const md5 = 'md549947c41b1e5f01b9cdd51b0edd9f687';
  expect(fits('anna', 'Secret123', md5)).toBe(true);
  expect(fits('ann', 'Secret123', md5)).toBe(false);
  expect(fits('anna', 'Secret123', '')).toBe(false);
});

test('the names and values of a startup message', () => {
  expect([...settingsOf(Buffer.from('user\0anna\0database\0dev\0\0'))]).toEqual([
    ['user', 'anna'],
    ['database', 'dev'],
  ]);
});

test('the formats of a Bind come after its values', () => {
  const values = Buffer.concat([Buffer.from('p\0s\0'), Buffer.from([0, 1, 0, 0, 0, 2]), Buffer.from([0, 0, 0, 1, 65])]);
  const nothing = Buffer.from([0xff, 0xff, 0xff, 0xff]);
  expect(bindOf(Buffer.concat([values, nothing, Buffer.from([0, 1, 0, 1])]))).toEqual({
    portal: 'p',
    statement: 's',
    formats: [1],
  });
});

test('SUPER is compact text in both formats, VARBYTE hexadecimal digits', () => {
  const field = (dataTypeID: number) => ({
    name: 'x',
    tableID: 0,
    columnID: 0,
    dataTypeID,
    dataTypeSize: -1,
    dataTypeModifier: -1,
  });
  const fields = [field(3802), field(17), field(23)];
  const texts = (formats: number[], ...values: (Buffer | null)[]) =>
    valuesOf(rowConverter(fields, formats)?.(dataRow(values)) ?? Buffer.alloc(0)).map((value) => value?.toString());
  const number = Buffer.from('1');
  expect(texts([], Buffer.from('{"a": 1}'), Buffer.from('\\xff'), number)).toEqual(['{"a":1}', 'ff', '1']);
  expect(texts([1], Buffer.from('\u0001{"a": 1}'), Buffer.from('ab'), null)).toEqual(['{"a":1}', 'ab', undefined]);
  expect(rowConverter([field(23)], [])).toBeUndefined();
});

test.each([
  ['syntax', '42601'],
  ['function array_agg', '42883'],
  ['distinct on', '0A000'],
])('a refusal by the rule %s has the state %s', (rule, code) => {
  expect(wireError(new Refusal(rule, 'why'))).toMatchObject({ code, message: `why [rule: ${rule}]` });
});
