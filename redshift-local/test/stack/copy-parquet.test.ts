import { gzipSync } from 'node:zlib';
import * as arrow from 'apache-arrow';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';
import { Compression } from 'parquet-wasm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { arrowFile } from '../../../test/support/parquet-files.js';
import { redshiftWorld, role, type RedshiftWorld } from '../support/redshift-world.js';

let world: RedshiftWorld;
beforeAll(async () => {
  world = await redshiftWorld(inject('stack').tools.rclone);
});
afterAll(() => world?.close());

/** any Parquet type, also those that Arrow does not write */
function rawFile(elements: Omit<SchemaElement, 'name'>[], data: unknown[][]): Uint8Array {
  const names = elements.map((_, at) => `c${at + 1}`);
  const schema: SchemaElement[] = [
    { name: 'root', num_children: elements.length },
    ...elements.map((element, at) => ({ repetition_type: 'OPTIONAL' as const, ...element, name: names[at] ?? '' })),
  ];
  const columnData = data.map((values, at): ColumnSource => ({ name: names[at] ?? '', data: values as never }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema }));
}

const copy = (table: string, source: string, more = '') =>
  `COPY ${table} FROM 's3://lake/${source}' ${role} FORMAT AS PARQUET ${more}`;

let tables = 0;
async function table(columns: string): Promise<string> {
  const name = `t${++tables}`;
  await world.ok(`create table ${name} (${columns})`);
  return name;
}

const int32 = (more: Partial<SchemaElement> = {}) => ({ type: 'INT32' as const, ...more });
const int64 = (more: Partial<SchemaElement> = {}) => ({ type: 'INT64' as const, ...more });
const text = { type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const };
const micros = { converted_type: 'TIMESTAMP_MICROS' as const };
const decimal = (precision: number, scale: number) => ({ converted_type: 'DECIMAL' as const, precision, scale });

const accepted: [string, Omit<SchemaElement, 'name'>, unknown[], string, unknown[]][] = [
  ['BOOLEAN', { type: 'BOOLEAN' }, [true, null, false], 'boolean', [true, null, false]],
  ['INT_16', int32({ converted_type: 'INT_16' }), [-5, null], 'smallint', [-5, null]],
  ['INT32', int32(), [2147483647, -2147483648], 'integer', [2147483647, -2147483648]],
  ['INT64', int64(), [9007199254740991n, -1n], 'bigint', [9007199254740991, -1]],
  ['FLOAT', { type: 'FLOAT' }, [1.5, null], 'real', [1.5, null]],
  ['DOUBLE', { type: 'DOUBLE' }, [1e300, -0.1], 'double precision', [1e300, -0.1]],
  [
    'DATE',
    int32({ converted_type: 'DATE' }),
    [new Date('2022-11-24'), new Date('1969-12-31')],
    'date',
    ['2022-11-24', '1969-12-31'],
  ],
  ['micros', int64(micros), [new Date('2022-11-24T10:30:00.5Z')], 'timestamp', ['2022-11-24 10:30:00.5']],
  [
    'millis',
    int64({ converted_type: 'TIMESTAMP_MILLIS' }),
    [new Date('1969-12-31T23:59:59.999Z')],
    'timestamp',
    ['1969-12-31 23:59:59.999'],
  ],
  ['micros with a zone', int64(micros), [new Date('2022-11-24T10:30:00Z')], 'timestamptz', ['2022-11-24 10:30:00+00']],
  ['UTF8', text, ['ä', '', null], 'varchar(2)', ['ä', '', null]],
  ['UTF8 into CHAR', text, ['ab', null], 'char(3)', ['ab ', null]],
  ['UTF8 into SUPER is a string', text, ['{"a":1}'], 'super', ['"{\\"a\\":1}"']],
  ['decimal of INT32', int32(decimal(9, 2)), [1.25, null, -0.01], 'decimal(9, 2)', ['1.25', null, '-0.01']],
  ['decimal of INT64', int64(decimal(18, 0)), [12345678], 'decimal(18, 0)', ['12345678']],
];
test.each(accepted)('%s loads', async (name, element, values, type, wanted) => {
  const into = await table(`c ${type}`);
  await world.put(`types/${name}.parquet`, rawFile([element], [values]));
  expect((await world.ok(copy(into, `types/${name}.parquet`))).ResultRows).toBe(values.length);
  expect((await world.rows(`select c from ${into}`)).flat()).toEqual(wanted);
});

const refused: [string, Omit<SchemaElement, 'name'>, unknown[], string, RegExp][] = [
  [
    'INT64 into INTEGER',
    int64(),
    [1n],
    'integer',
    /Column type: INTEGER, Parquet schema:\noptional int64 c1 \[i:0 d:1 r:0\]/,
  ],
  ['INT32 into BIGINT', int32(), [1], 'bigint', /Column type: BIGINT/],
  ['INT32 into SMALLINT', int32(), [1], 'smallint', /Column type: SMALLINT/],
  ['DOUBLE into DECIMAL', { type: 'DOUBLE' }, [1], 'decimal(10, 2)', /Column type: DECIMAL\(10, 2\)/],
  ['FLOAT into DOUBLE PRECISION', { type: 'FLOAT' }, [1], 'float8', /Column type: DOUBLE PRECISION/],
  ['another scale', int64(decimal(10, 3)), [1], 'decimal(10, 2)', /incompatible Parquet schema/],
  ['another precision', int64(decimal(10, 2)), [1], 'decimal(12, 2)', /incompatible Parquet schema/],
  ['text into TIMESTAMP', text, ['2022-11-24'], 'timestamp', /Column type: TIMESTAMP/],
  ['bytes into VARCHAR', { type: 'BYTE_ARRAY' }, [new Uint8Array([1])], 'varchar(9)', /Column type: VARCHAR\(9\)/],
  ['text into VARBYTE', text, ['a'], 'varbyte(9)', /Column type: VARBYTE\(9\)/],
  ['an unsigned integer', int32({ converted_type: 'UINT_32' }), [1], 'integer', /incompatible Parquet schema/],
  ['a time of day', int64({ converted_type: 'TIME_MICROS' }), [1n], 'time', /incompatible Parquet schema/],
  ['INT32 into SUPER without SERIALIZETOJSON', int32(), [1], 'super', /Column type: SUPER/],
  [
    'a text longer than its column, in bytes',
    text,
    ['ää'],
    'varchar(3)',
    /length of the data column c is longer than the length defined in the table. Table: 3, Data: 4/,
  ],
  [
    'a text in SUPER longer than a database takes by default',
    text,
    ['é'.repeat(32_768)],
    'super',
    /String value exceeds the max size of 65535 bytes/,
  ],
  ['a multibyte character in CHAR', text, ['ä'], 'char(4)', /Multibyte character not supported for CHAR/],
  ['NULL in NOT NULL', text, [null], 'varchar(3) not null', /Missing data for not-null field/],
];
test.each(refused)('%s is refused', async (name, element, values, type, message) => {
  const into = await table(`c ${type}`);
  await world.put(`types/${name}.parquet`, rawFile([element], [values]));
  const error = await world.error(copy(into, `types/${name}.parquet`));
  expect(error).toMatch(/^ERROR: Spectrum Scan Error/);
  expect(error).toMatch(message);
  expect(await world.rows(`select count(*) from ${into}`)).toEqual([[0]]);
});

test('decimals of 38 digits, bytes, and rows over several pages and groups stay what they are', async () => {
  const rows = 9001;
  const ids = Array.from({ length: rows }, (_, n) => n);
  const big = new arrow.Decimal(10, 38);
  const file = arrowFile(
    {
      id: arrow.vectorFromArray(ids, new arrow.Int32()),
      word: arrow.vectorFromArray(
        ids.map((n) => (n % 7 === 0 ? null : `word ${n % 100}`)),
        new arrow.Utf8(),
      ),
      at: arrow.vectorFromArray(
        ids.map((n) => (n % 3 === 0 ? null : n)),
        new arrow.TimestampMicrosecond(),
      ),
      bytes: arrow.vectorFromArray(
        ids.map((n) => Buffer.from([n % 256, 0])),
        new arrow.Binary(),
      ),
      exact: arrow.vectorFromArray(
        ids.map(() => new Uint32Array([0xffffffff, 0xffffffff, 0, 0])),
        big,
      ),
    },
    Compression.GZIP,
    2000,
  );
  const into = await table('id integer, word varchar(20), at timestamp, bytes varbyte(2), exact decimal(38, 10)');
  await world.put('wide/part.parquet', file);
  expect((await world.ok(copy(into, 'wide/'))).ResultRows).toBe(rows);
  expect(
    await world.rows(
      `select count(*), count(word), count(at), count(distinct word), sum(id), min(exact), max(octet_length(bytes)) from ${into}`,
    ),
  ).toEqual([
    [
      rows,
      ids.filter((n) => n % 7 !== 0).length,
      ids.filter((n) => n % 3 !== 0).length,
      100,
      (rows * (rows - 1)) / 2,
      '1844674407.3709551615',
      2,
    ],
  ]);
  expect(await world.rows(`select word, at from ${into} where id = 8999`)).toEqual([
    ['word 99', '1970-01-01 00:00:08.999'],
  ]);
});

test.each([
  ['snappy', Compression.SNAPPY],
  ['zstd', Compression.ZSTD],
  ['gzip', Compression.GZIP],
  ['brotli', Compression.BROTLI],
])('%s is read', async (name, codec) => {
  const into = await table('n bigint');
  await world.put(`codec/${name}.parquet`, arrowFile({ n: arrow.vectorFromArray([1n, 2n], new arrow.Int64()) }, codec));
  await world.ok(copy(into, `codec/${name}.parquet`));
  expect(await world.rows(`select count(*) from ${into} where n in (1, 2)`)).toEqual([[2]]);
});

test('nested columns go into SUPER with SERIALIZETOJSON', async () => {
  const point = new arrow.Struct([
    new arrow.Field('x', new arrow.Int32()),
    new arrow.Field('tags', new arrow.List(new arrow.Field('item', new arrow.Utf8()))),
  ]);
  await world.put(
    'nested.parquet',
    arrowFile({
      p: arrow.vectorFromArray([{ x: 1, tags: ['a', 'b'] }, null], point),
      n: arrow.vectorFromArray([7n, 8n], new arrow.Int64()),
    }),
  );
  const into = await table('p super, n super');
  expect(await world.error(copy(into, 'nested.parquet'))).toMatch(
    /Column type: SUPER, Parquet schema:\noptional group p/,
  );
  await world.ok(copy(into, 'nested.parquet', 'SERIALIZETOJSON'));
  expect(await world.rows(`select p, n from ${into} order by n`)).toEqual([
    ['{"x":1,"tags":["a","b"]}', '7'],
    [null, '8'],
  ]);
});

test('a prefix loads every object under it; none, and what is no Parquet, is an error', async () => {
  const file = (n: number) => arrowFile({ n: arrow.vectorFromArray([n], new arrow.Int32()) });
  await world.put('many/a.parquet', file(1));
  await world.put('many/deep/b.parquet', file(2));
  await world.put('many/_SUCCESS', '');
  const into = await table('n integer');
  await world.ok(copy(into, 'many/'));
  expect(await world.rows(`select count(*) from ${into} where n in (1, 2)`)).toEqual([[2]]);
  expect(await world.error(copy(into, 'nothing/here'))).toMatch(
    /The specified S3 prefix 'nothing\/here' does not exist/,
  );
  await world.put('many/notes.txt', 'no Parquet at all');
  expect(await world.error(copy(into, 'many/'))).toMatch(/notes.txt' has an invalid version number/);
});

test('a manifest names mandatory files and their true sizes', async () => {
  const file = arrowFile({ n: arrow.vectorFromArray([5], new arrow.Int32()) });
  await world.put('m/a.parquet', file);
  const entry = (more: object) => ({
    url: 's3://lake/m/a.parquet',
    mandatory: true,
    meta: { content_length: file.length },
    ...more,
  });
  const manifest = async (...entries: object[]) => {
    await world.put('m/_manifest.json', JSON.stringify({ entries }));
    return copy(into, 'm/_manifest.json', 'MANIFEST');
  };
  const into = await table('n integer');
  await world.ok(await manifest(entry({}), { ...entry({ mandatory: false }), url: 's3://lake/m/none.parquet' }));
  expect(await world.rows(`select n from ${into}`)).toEqual([[5]]);
  expect(await world.error(await manifest(entry({ meta: undefined })))).toMatch(/requires meta.content_length/);
  expect(await world.error(await manifest(entry({ meta: { content_length: 7 } })))).toMatch(
    /content_length says 7, the object has/,
  );
  expect(await world.error(await manifest(entry({}), entry({ url: 's3://lake/m/none.parquet' })))).toMatch(
    /mandatory file.*none.parquet/,
  );
  await world.put('m/_manifest.json', '{"entries": [');
  expect(await world.error(copy(into, 'm/_manifest.json', 'MANIFEST'))).toMatch(/not in correct json format/);
  expect(await world.error(copy(into, 'm/', 'MANIFEST'))).toMatch(/code 8001/);
});

test('columns go by position, as many as the table has or the list names', async () => {
  const three = arrowFile({
    z: arrow.vectorFromArray([1], new arrow.Int32()),
    y: arrow.vectorFromArray(['a'], new arrow.Utf8()),
    x: arrow.vectorFromArray([true], new arrow.Bool()),
  });
  await world.put('three.parquet', three);
  const into = await table(`b boolean, n integer, s varchar(5), d integer default 9`);
  await world.ok(copy(`${into} (n, s, b)`, 'three.parquet'));
  expect(await world.rows(`select n, s, b, d from ${into}`)).toEqual([[1, 'a', true, 9]]);
  expect(await world.error(copy(`${into} (n, s)`, 'three.parquet'))).toMatch(
    /Unmatched number of columns between table and file. Table columns: 2, Data columns: 3/,
  );
  expect(await world.error(copy(`${into} (n, s, b, d)`, 'three.parquet'))).toMatch(/Table columns: 4, Data columns: 3/);
  await world.ok(copy(`${into} (n, s, b, d)`, 'three.parquet', 'FILLRECORD'));
  expect(await world.rows(`select d from ${into} order by d`)).toEqual([[9], [null]]);
});

test('what failed can be asked for after the rollback, and by COPY', async () => {
  const into = await table('n integer, s varchar(3)');
  await world.put(
    'bad.parquet',
    arrowFile({
      n: arrow.vectorFromArray([1, 2], new arrow.Int32()),
      s: arrow.vectorFromArray(['abc', 'abcd'], new arrow.Utf8()),
    }),
  );
  const done = await world.run([`insert into ${into} values (1, 'a')`, copy(into, 'bad.parquet')]);
  expect(done.Error).toMatch(/^Query #2 failed with ERROR: Spectrum Scan Error/);
  const columns = 'trim(file_name), line_number, trim(column_name), trim(column_type), trim(column_length), error_code';
  expect(
    await world.rows(
      `select ${columns} from sys_load_error_detail where query_id = ${done.SubStatements?.[1]?.RedshiftQueryId}`,
    ),
  ).toEqual([['s3://lake/bad.parquet', 2, 's', 'varchar', '3', 15001]]);
  await world.put(
    'good.parquet',
    arrowFile({
      n: arrow.vectorFromArray([1], new arrow.Int32()),
      s: arrow.vectorFromArray(['abc'], new arrow.Utf8()),
    }),
  );
  await world.ok(copy(into, 'good.parquet'));
  expect(
    await world.rows(
      `select status, table_name, loaded_rows, file_format from sys_load_history where table_name = '${into}' order by start_time`,
    ),
  ).toEqual([
    ['aborted', into, 0, 'parquet'],
    ['completed', into, 1, 'parquet'],
  ]);
});

test('bytes that are no UTF-8 are named by file, line and column', async () => {
  const into = await table('n varchar(9)');
  const file = rawFile([text], [['good', 'AB']]);
  const at = Buffer.from(file).indexOf('AB');
  file[at] = 0xff;
  await world.put('utf8.parquet', file);
  expect(await world.error(copy(into, 'utf8.parquet'))).toMatch(/invalid or unsupported UTF8 codepoints/);
  expect(
    await world.rows(
      `select line_number, trim(column_name), error_code from sys_load_error_detail where trim(file_name) like '%utf8.parquet'`,
    ),
  ).toEqual([[2, 'n', 1220]]);
});

test('a gzip of a Parquet file is no Parquet file', async () => {
  const into = await table('n integer');
  await world.put('twice.parquet.gz', gzipSync(arrowFile({ n: arrow.vectorFromArray([1], new arrow.Int32()) })));
  expect(await world.error(copy(into, 'twice.parquet.gz'))).toMatch(/invalid version number/);
});
