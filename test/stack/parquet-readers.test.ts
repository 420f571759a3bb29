import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { parquetOf } from '../support/parquet-of.js';
import { randomFile } from '../support/random-rows.js';

const files = fc.sample(randomFile, { numRuns: 60, seed: 20_221_124 });
const folder = mkdtempSync(join(tmpdir(), 'waterclock-parquet-'));
const paths = files.map((_, at) => join(folder, `${at}.parquet`));
let python: string;

beforeAll(async () => {
  python = await pythonVenv('readers', process.env);
  for (const [at, file] of files.entries()) {
    writeFileSync(paths[at] ?? '', await parquetOf(file, at % 2 === 0 ? 'snappy' : 'zstd'));
  }
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** columns of the files, as another reader sees them */
async function readWith(reader: string): Promise<Record<string, { type: string; values: unknown[] }>[]> {
  const { stdout } = await promisify(execFile)(python, ['test/support/read-back.py', reader, ...paths], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, { type: string; values: unknown[] }>);
}

const typeNames = {
  pyarrow: {
    smallint: 'int16',
    integer: 'int32',
    bigint: 'int64',
    double: 'double',
    boolean: 'bool',
    date: 'date32[day]',
    timestamp: 'timestamp[us]',
    timestamptz: 'timestamp[us, tz=UTC]',
    varchar: 'string',
    super: 'binary',
    decimal: 'decimal128',
  },
  duckdb: {
    smallint: 'SMALLINT',
    integer: 'INTEGER',
    bigint: 'BIGINT',
    double: 'DOUBLE',
    boolean: 'BOOLEAN',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    timestamptz: 'TIMESTAMP WITH TIME ZONE',
    varchar: 'VARCHAR',
    super: 'BLOB',
    decimal: 'DECIMAL',
  },
};

test.each(['pyarrow', 'duckdb'] as const)('%s reads every value as it was sent, of every type', async (reader) => {
  const seen = await readWith(reader);
  for (const [at, { columns, rows }] of files.entries()) {
    for (const [index, { name, type }] of columns.entries()) {
      const precise = type.kind === 'decimal' ? `(${type.precision}, ${type.scale})` : '';
      const found = seen[at]?.[name];
      expect(found?.type.replace(',', ', ').replace('  ', ' ')).toBe(`${typeNames[reader][type.kind]}${precise}`);
      expect(found?.values).toEqual(rows.map((row) => row[index]?.stored));
    }
  }
});
