import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { redshiftWorld, role, type RedshiftWorld } from '../support/redshift-world.js';

let world: RedshiftWorld;
beforeAll(async () => {
  world = await redshiftWorld(inject('stack').tools.rclone);
});
afterAll(() => world?.close());

let made = 0;
interface Case {
  columns: string;
  file: string | Uint8Array;
  options: string;
  rows?: unknown[][];
  error?: RegExp;
  /** code, line, column, reason of what sys_load_error_detail shows */
  problems?: unknown[][];
}

const cases: [string, Case][] = [
  [
    'pipes by default',
    {
      columns: 'a int, b varchar(9), c date',
      file: '1|x y|2022-11-24\n2||\n',
      options: '',
      rows: [
        [1, 'x y', '2022-11-24'],
        [2, '', null],
      ],
    },
  ],
  [
    'a delimiter at the end of a line',
    { columns: 'a int, b varchar(9)', file: '1|x|\n', options: '', rows: [[1, 'x']] },
  ],
  [
    'another delimiter',
    {
      columns: 'a int, b varchar(9)',
      file: '1\tx\r\n2\ty',
      options: "DELIMITER '\\t'",
      rows: [
        [1, 'x'],
        [2, 'y'],
      ],
    },
  ],
  [
    'ESCAPE',
    {
      columns: 'a int, b varchar(9)',
      file: '1|x\\|y\n2|x\\\ny\n3|\\N\n4|\\\\\n',
      options: 'ESCAPE',
      rows: [
        [1, 'x|y'],
        [2, 'x\ny'],
        [3, null],
        [4, '\\'],
      ],
    },
  ],
  [
    'REMOVEQUOTES',
    {
      columns: 'a int, b varchar(9)',
      file: '1|"x|y"\n2|\'z\'\n',
      options: 'REMOVEQUOTES',
      rows: [
        [1, 'x|y'],
        [2, 'z'],
      ],
    },
  ],
  [
    'NULL AS',
    {
      columns: 'a int, b varchar(9)',
      file: '1|none\nnone|x\n',
      options: "NULL AS 'none'",
      rows: [
        [1, null],
        [null, 'x'],
      ],
    },
  ],
  [
    'too few fields',
    {
      columns: 'a int, b int',
      file: '1\n',
      options: '',
      error: /Load into table 't\d+' failed\. {2}Check 'sys_load_error_detail' system table for details\./,
      problems: [[1214, 1, '', 'Delimiter not found']],
    },
  ],
  [
    'too many fields',
    {
      columns: 'a int',
      file: '1|2|3\n',
      options: '',
      error: /failed/,
      problems: [[1202, 1, '', 'Extra column(s) found']],
    },
  ],
  ['FILLRECORD', { columns: 'a int, b varchar(9), c int', file: '1\n', options: 'FILLRECORD', rows: [[1, '', null]] }],
  [
    'CSV',
    {
      columns: 'a int, b varchar(20)',
      file: 'a,b\n1,"x, ""y""\nz"\n2,\n',
      options: 'CSV IGNOREHEADER 1',
      rows: [
        [1, 'x, "y"\nz'],
        [2, ''],
      ],
    },
  ],
  [
    'CSV with another quote and delimiter',
    {
      columns: 'a int, b varchar(20)',
      file: "1;'x;y'\n",
      options: "FORMAT AS CSV DELIMITER ';' QUOTE AS '%'",
      error: /failed/,
      problems: [[1202, 1, '', 'Extra column(s) found']],
    },
  ],
  [
    'CSV with a quote that is not closed',
    {
      columns: 'a int, b varchar(20)',
      file: '1,"x\n',
      options: 'CSV',
      error: /failed/,
      problems: [[1214, 1, '', 'Delimited value missing end quote']],
    },
  ],
  [
    'EMPTYASNULL and BLANKSASNULL',
    {
      columns: 'a varchar(5), b varchar(5)',
      file: ',  \n',
      options: 'CSV EMPTYASNULL BLANKSASNULL',
      rows: [[null, null]],
    },
  ],
  ['TRIMBLANKS', { columns: 'a varchar(5)', file: 'x  \n', options: 'TRIMBLANKS', rows: [['x']] }],
  [
    'IGNOREBLANKLINES',
    {
      columns: 'a int, b int',
      file: '1|2\n\n3|4\n',
      options: 'IGNOREBLANKLINES',
      rows: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
  [
    'a text that is too long',
    {
      columns: 'a varchar(3)',
      file: 'ab\nää\n',
      options: '',
      error: /failed/,
      problems: [[1204, 2, 'a', 'String length exceeds DDL length']],
    },
  ],
  [
    'TRUNCATECOLUMNS cuts whole characters',
    { columns: 'a varchar(3)', file: 'ää\n', options: 'TRUNCATECOLUMNS', rows: [['ä']] },
  ],
  [
    'what is no number',
    {
      columns: 'a int, b int',
      file: '1|2x\n',
      options: '',
      error: /failed/,
      problems: [[1207, 1, 'b', "Invalid digit, Value 'x', Pos 1, Type: Integer"]],
    },
  ],
  [
    'a number out of range',
    {
      columns: 'a smallint',
      file: '40000\n',
      options: '',
      error: /failed/,
      problems: [[1222, 1, 'a', "Overflow, Value '40000', Type: Short"]],
    },
  ],
  [
    'decimals are cut, or rounded by ROUNDEC',
    {
      columns: 'a decimal(5, 2)',
      file: '1.999\n-1.5\n.5\n1e2\n',
      options: '',
      rows: [['1.99'], ['-1.50'], ['0.50'], ['100.00']],
    },
  ],
  ['ROUNDEC', { columns: 'a decimal(5, 2)', file: '1.995\n', options: 'ROUNDEC', rows: [['2.00']] }],
  [
    'a decimal out of range',
    {
      columns: 'a decimal(3, 2)',
      file: '10\n',
      options: '',
      error: /failed/,
      problems: [[1209, 1, 'a', 'Numeric data overflow (result precision)']],
    },
  ],
  [
    'booleans and floats',
    {
      columns: 'a boolean, b float8',
      file: 'Y|1e3\nf|-.5\n0|\n',
      options: '',
      rows: [
        [true, 1000],
        [false, -0.5],
        [false, null],
      ],
    },
  ],
  [
    'NOT NULL',
    {
      columns: 'a int not null',
      file: '1\n\n',
      options: '',
      error: /failed/,
      problems: [[1213, 2, 'a', 'Missing data for not-null field']],
    },
  ],
  [
    'MAXERROR keeps the good rows and shows the bad',
    {
      columns: 'a int',
      file: '1\nx\n3\ny\n',
      options: 'MAXERROR 3',
      rows: [[1], [3]],
      problems: [
        [1207, 2, 'a', "Invalid digit, Value 'x', Pos 0, Type: Integer"],
        [1207, 4, 'a', "Invalid digit, Value 'y', Pos 0, Type: Integer"],
      ],
    },
  ],
  ['MAXERROR is reached', { columns: 'a int', file: '1\nx\n3\ny\n', options: 'MAXERROR 2', error: /failed/ }],
  [
    'a timestamp by default',
    {
      columns: 'a timestamp',
      file: '2022-11-24 10:30:00.25\n2022-11-24T10:30:00Z\n',
      options: 'MAXERROR 2',
      rows: [['2022-11-24 10:30:00.25']],
      problems: [[1206, 2, 'a', 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]']],
    },
  ],
  [
    "TIMEFORMAT 'auto'",
    {
      columns: 'a timestamp, b timestamptz',
      file: '2022-11-24T10:30:00Z|2022-11-24T10:30:00+02:00\nNov 24 2022 1:05 pm|20221124 10:30\n',
      options: "TIMEFORMAT 'auto'",
      rows: [
        ['2022-11-24 10:30:00', '2022-11-24 08:30:00+00'],
        ['2022-11-24 13:05:00', '2022-11-24 10:30:00+00'],
      ],
    },
  ],
  [
    "TIMEFORMAT 'epochsecs'",
    {
      columns: 'a timestamp',
      file: '1669285800\n',
      options: "TIMEFORMAT AS 'epochsecs'",
      rows: [['2022-11-24 10:30:00']],
    },
  ],
  [
    "TIMEFORMAT 'epochmillisecs'",
    {
      columns: 'a timestamp',
      file: '1669285800123\n',
      options: "TIMEFORMAT 'epochmillisecs'",
      rows: [['2022-11-24 10:30:00.123']],
    },
  ],
  [
    'TIMEFORMAT of its own',
    {
      columns: 'a timestamp',
      file: '24.11.2022 10.30.00\n',
      options: "TIMEFORMAT 'DD.MM.YYYY HH.MI.SS'",
      rows: [['2022-11-24 10:30:00']],
    },
  ],
  [
    'DATEFORMAT',
    {
      columns: 'a date',
      file: '24-Nov-2022\n31-Feb-2022\n',
      options: "DATEFORMAT 'DD-MON-YYYY' MAXERROR 5",
      rows: [['2022-11-24']],
      problems: [[1205, 2, 'a', 'Invalid Date Format - length must be 10 or more']],
    },
  ],
  ['ACCEPTANYDATE', { columns: 'a date', file: 'soon\n', options: 'ACCEPTANYDATE', rows: [[null]] }],
  [
    'bytes that are no UTF-8',
    {
      columns: 'a varchar(9)',
      file: Buffer.from('good\nb\xffd\n', 'latin1'),
      options: '',
      error: /failed/,
      problems: [
        [1220, 2, 'a', 'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ff64 (error 4)'],
      ],
    },
  ],
  [
    'ACCEPTINVCHARS',
    {
      columns: 'a varchar(9)',
      file: Buffer.from('b\xffd\n', 'latin1'),
      options: "ACCEPTINVCHARS AS '^'",
      rows: [['b^d']],
    },
  ],
  [
    'ENCODING',
    { columns: 'a varchar(9)', file: Buffer.from('ä\n', 'utf16le'), options: 'ENCODING UTF16LE', rows: [['ä']] },
  ],
  ['GZIP', { columns: 'a int', file: gzipSync('1\n2\n'), options: 'GZIP', rows: [[1], [2]] }],
  [
    'NOLOAD',
    {
      columns: 'a int',
      file: '1\nx\n',
      options: 'NOLOAD MAXERROR 9',
      rows: [],
      problems: [[1207, 2, 'a', "Invalid digit, Value 'x', Pos 0, Type: Integer"]],
    },
  ],
  [
    'a multibyte character in CHAR',
    {
      columns: 'a char(9)',
      file: 'ä\n',
      options: '',
      error: /failed/,
      problems: [
        [1220, 1, 'a', 'Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: c3 a4'],
      ],
    },
  ],
  [
    'SUPER of a CSV holds JSON',
    {
      columns: 'a super',
      file: '"{""a"": [1, 12345678901234567890.5]}"\n',
      options: 'CSV',
      rows: [['{"a":[1,12345678901234567890.5]}']],
    },
  ],
  [
    "JSON 'auto'",
    {
      columns: 'a bigint, b varchar(20), c super, d boolean, e timestamp',
      file: '{"a": 9007199254740991, "b": {"x": 1.50}, "c": [1, null], "d": true, "other": 1}\n{\n "b": null, "e": "2022-11-24 10:30:00"}',
      options: "FORMAT JSON 'auto'",
      rows: [
        [9007199254740991, '{"x":1.50}', '[1,null]', true, null],
        [null, null, null, null, '2022-11-24 10:30:00'],
      ],
    },
  ],
  ["JSON 'auto' minds the case", { columns: 'a int', file: '{"A": 1}', options: "JSON 'auto'", rows: [[null]] }],
  [
    "JSON 'auto ignorecase'",
    { columns: 'a int', file: '{"A": 1}{"a":2}', options: "JSON 'auto ignorecase'", rows: [[1], [2]] },
  ],
  [
    "JSON 'noshred'",
    { columns: 'a super', file: '{"A": [1]}\n[2]', options: "JSON 'noshred'", rows: [['{"A":[1]}'], ['[2]']] },
  ],
  [
    'JSON that is none',
    { columns: 'a int', file: '{"a": 1}\n{"a" 2}\n{"a": 3}', options: "JSON 'auto' MAXERROR 2", rows: [[1], [3]] },
  ],
  [
    'a JSON value that does not fit',
    {
      columns: 'a int',
      file: '{"a": 1}\n{"a":\n "x"}',
      options: "JSON 'auto'",
      error: /failed/,
      problems: [[1207, 3, 'a', "Invalid digit, Value 'x', Pos 0, Type: Integer"]],
    },
  ],
  ['arrays are no rows of auto', { columns: 'a int', file: '[{"a": 1}]', options: "JSON 'auto'", error: /failed/ }],
];

test.each(cases)('%s', async (_, { columns, file, options, rows, error, problems }) => {
  const table = `t${++made}`;
  await world.ok(`create table ${table} (${columns})`);
  await world.put(`text/${table}/part`, file);
  const done = await world.run(`copy ${table} from 's3://lake/text/${table}/' ${role} ${options}`);
  if (error) expect(done.Error).toMatch(error);
  else expect(done.Error).toBeUndefined();
  if (rows) expect(await world.rows(`select * from ${table}`)).toEqual(rows);
  if (problems) {
    const shown = await world.rows(
      `select error_code, line_number, trim(column_name), trim(error_message) from sys_load_error_detail where trim(file_name) = 's3://lake/text/${table}/part' order by line_number`,
    );
    expect(shown).toEqual(problems);
  }
});

test('jsonpaths name the field of each column', async () => {
  await world.ok('create table paths (a int, b varchar(9), c super)');
  await world.put('paths.json', JSON.stringify({ jsonpaths: ['$.deep.a', "$['list'][1]", '$.deep'] }));
  await world.put('paths-data/x', '{"deep": {"a": 1}, "list": ["x", "y"]} {"deep": {}}');
  const copy = (table: string) => `copy ${table} from 's3://lake/paths-data/' ${role} JSON 's3://lake/paths.json'`;
  await world.ok(copy('paths'));
  expect(await world.rows('select * from paths')).toEqual([
    [1, 'y', '{"a":1}'],
    [null, null, '{}'],
  ]);
  expect(await world.error(copy('paths (a, b)'))).toMatch(
    /JSONPath size: 3, Number of columns in table or column list: 2/,
  );
});

test('the bad lines of a COPY that failed can be read in full', async () => {
  await world.ok('create table told (a int, b varchar(3))');
  await world.put('told/x', '1|abc\n2|abcd\n');
  const done = await world.run(`copy told from 's3://lake/told/' ${role}`);
  expect(done.Error).toBe(
    "ERROR: Load into table 'told' failed.  Check 'sys_load_error_detail' system table for details.",
  );
  expect(
    await world.rows(
      `select line_number, trim(colname), trim(type), trim(col_length), trim(raw_line), trim(raw_field_value), err_code, trim(err_reason) from stl_load_errors where query = ${done.RedshiftQueryId}`,
    ),
  ).toEqual([[2, 'b', 'varchar', '3', '2|abcd', 'abcd', 1204, 'String length exceeds DDL length']]);
});

test('pg_last_copy_id is that of the session', async () => {
  await world.ok('create table last (a int)');
  await world.put('last/x', '1\n');
  const done = await world.ok([
    `copy last from 's3://lake/last/' ${role}`,
    'create table last_id as select pg_last_copy_id() as id',
  ]);
  expect(await world.rows('select id from last_id')).toEqual([[done.SubStatements?.[0]?.RedshiftQueryId]]);
  expect(
    await world.rows(
      `select trim(name), trim(filename) from stl_load_commits where query = ${done.SubStatements?.[0]?.RedshiftQueryId}`,
    ),
  ).toEqual([['last', 's3://lake/last/x']]);
});

test('a temporary table is loaded in the batch that made it', async () => {
  await world.put('temp/x', '1,a\n');
  await world.ok('create table lasting (a int, b varchar(3))');
  await world.ok([
    'create temp table passing (like lasting)',
    `copy passing from 's3://lake/temp/' ${role} csv`,
    'insert into lasting select * from passing',
  ]);
  expect(await world.rows('select a, b from lasting')).toEqual([[1, 'a']]);
});
