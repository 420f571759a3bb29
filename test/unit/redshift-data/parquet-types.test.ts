import type { SchemaElement } from 'hyparquet';
import { expect, test } from 'vitest';
import { encoderOf, type TargetColumn } from '../../../local/redshift-data/copy/parquet-types.js';

const column = (type: string, more: Partial<TargetColumn> = {}): TargetColumn => ({
  name: 'c',
  type,
  bytes: 0,
  precision: 0,
  scale: 0,
  nullable: true,
  ...more,
});
const element = (more: Partial<SchemaElement>): SchemaElement => ({ name: 'c', ...more });
const bytes = (text: string) => new TextEncoder().encode(text);

test.each<[string, Partial<SchemaElement>, TargetColumn, unknown, string]>([
  ['bigint, exactly', { type: 'INT64' }, column('bigint'), 9007199254740993n, '9007199254740993'],
  ['smallint', { type: 'INT32', converted_type: 'INT_16' }, column('smallint'), 7, '7'],
  [
    'timestamp before 1970',
    { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
    column('timestamp without time zone'),
    -1n,
    '1969-12-31 23:59:59.999999',
  ],
  ['date', { type: 'INT32', converted_type: 'DATE' }, column('date'), 19320, '2022-11-24'],
  [
    'decimal',
    { type: 'INT64', converted_type: 'DECIMAL', precision: 10, scale: 3 },
    column('numeric', { precision: 10, scale: 3 }),
    -5n,
    '-0.005',
  ],
  [
    'text',
    { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    column('character varying', { bytes: 9 }),
    bytes('a\tb\\'),
    'a\\tb\\\\',
  ],
  [
    'text into SUPER is a string scalar',
    { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    column('super'),
    bytes('{}'),
    '"{}"',
  ],
  ['bytes', { type: 'BYTE_ARRAY' }, column('binary varying', { bytes: 9 }), bytes('a'), '\\\\x61'],
])('%s', (_, from, to, value, wanted) => expect(encoderOf(element(from), to)?.(value)).toBe(wanted));

test.each<[string, Partial<SchemaElement>, TargetColumn]>([
  ['INT64 into INTEGER', { type: 'INT64' }, column('integer')],
  ['INT32 into BIGINT', { type: 'INT32' }, column('bigint')],
  ['DOUBLE into NUMERIC', { type: 'DOUBLE' }, column('numeric', { precision: 10, scale: 2 })],
  ['text into TIMESTAMP', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, column('timestamp without time zone')],
  ['bytes into VARCHAR', { type: 'BYTE_ARRAY' }, column('character varying', { bytes: 9 })],
  [
    'nanoseconds',
    { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } },
    column('timestamp without time zone'),
  ],
  [
    'another scale',
    { type: 'INT64', converted_type: 'DECIMAL', precision: 10, scale: 3 },
    column('numeric', { precision: 10, scale: 2 }),
  ],
])('refuses %s', (_, from, to) => expect(encoderOf(element(from), to)).toBeUndefined());

test('a text longer in bytes than its column is refused', () => {
  const encode = encoderOf(
    element({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }),
    column('character varying', { bytes: 3 }),
  );
  expect(() => encode?.(bytes('ää'))).toThrow(/Table: 3, Data: 4/);
});
