import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { TerminalError } from '../../../model/errors.js';
import type { RecordForm } from '../../../model/source.js';
import { pipelines } from '../../support/pipelines.js';
import type { Pipeline } from '../../../define/pipeline.js';
import { anyValues } from '../../support/any-values.js';
import { validated, type Validated } from '../../../testing/validated.js';

const hostile = resolve(import.meta.dirname, '../../../../shared/data/hostile');
const isHere = existsSync(hostile);
const without = `(skipped without ${hostile})`;

function filesIn(folder: string): string[] {
  if (!isHere) return [];
  return readdirSync(join(hostile, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(hostile, join(entry.parentPath, entry.name)))
    .sort();
}

const ndjson: RecordForm = { form: 'ndjson' };
const json: RecordForm = { form: 'json' };
const wrapped: RecordForm = { form: 'json', at: 'features' };
const forms: RecordForm[] = [ndjson, json, wrapped];

/** the part's outcome, or the error that names its file; anything else is a fault of ours */
async function read(pipeline: Pipeline, file: string, form: RecordForm): Promise<Validated | TerminalError> {
  const bytes = readFileSync(join(hostile, file));
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const sources = [{ name: file, offset: 0, bytes: bytes.length }];
  try {
    const result = await validated(pipeline, bytes, { form, gzip, sources });
    addsUp(result);
    return result;
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    expect(error.name).toBe('UnreadablePart');
    expect(error.message).toContain(file);
    return error;
  }
}

function addsUp({ counts, entities, records }: Validated): void {
  expect(counts.routed + counts.ignored + counts.dropped + counts.unparseable).toBe(counts.records);
  const rejected = Object.values(entities).reduce((sum, entity) => sum + entity.rejected, counts.unparseable);
  expect(records).toHaveLength(rejected);
}

/** a document is one record, the file read as one line of records */
const asLine = (text: string) => text.replaceAll('\n', ' ');

test.skipIf(!isHere)(
  `every malformed document is clearly rejected, in every form ${without}`,
  { timeout: 120_000 },
  async () => {
    const files = filesIn('json-parsing').filter((file) => file.includes('/n_'));
    expect(files.length).toBe(188);
    for (const file of files) {
      for (const form of forms) {
        const result = await read(anyValues, file, form);
        if (result instanceof TerminalError) continue;
        const isEmpty = form === ndjson && result.counts.records === 0;
        expect(isEmpty || result.records.some(({ reasons }) => reasons[0]), `${file} as ${form.form}`).toBe(true);
        // a line that is whole by itself is a record by itself
        const lines = readFileSync(join(hostile, file)).toString().trim().split('\n').length;
        if (form !== ndjson || lines === 1)
          expect(result.counts.records - result.counts.unparseable, file).toBeLessThan(result.counts.records || 1);
      }
    }
  },
);

test.skipIf(!isHere)(
  `every well-formed document parses, and is then judged by the schema ${without}`,
  { timeout: 120_000 },
  async () => {
    const files = filesIn('json-parsing').filter((file) => file.includes('/y_'));
    expect(files.length).toBe(95);
    for (const file of files) {
      const text = readFileSync(join(hostile, file)).toString();
      const document = await read(anyValues, file, json);
      if (document instanceof TerminalError) throw document;
      expect(document.counts.unparseable, file).toBe(0);
      const value = JSON.parse(text) as unknown;
      expect(document.counts.records, file).toBe(Array.isArray(value) ? value.length : 1);
      const line = await validated(anyValues, asLine(text));
      expect(line.counts, file).toMatchObject({ records: 1, unparseable: 0 });
    }
  },
);

test.skipIf(!isHere)(
  `no other file crashes or hangs, whatever it is read as ${without}`,
  { timeout: 120_000 },
  async () => {
    const files = [
      ...filesIn('json-parsing').filter((file) => file.includes('/i_')),
      ...filesIn('json-transform'),
      ...filesIn('duckdb-json'),
      'blns.json',
      'blns.base64.json',
    ];
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      for (const form of [ndjson, json, wrapped]) {
        for (const pipeline of [anyValues, ...pipelines]) await read(pipeline, file, form);
      }
    }
  },
);

test.skipIf(!isHere)(
  `BOM, CRLF, gzip, empty and truncated files read as they should ${without}`,
  { timeout: 120_000 },
  async () => {
    const counted = async (file: string, form: RecordForm) => {
      const result = await read(anyValues, join('duckdb-json', file), form);
      return result instanceof TerminalError
        ? result.message
        : { records: result.counts.records, unparseable: result.counts.unparseable };
    };
    expect(await counted('example_rn.ndjson', ndjson)).toEqual({ records: 5, unparseable: 0 });
    expect(await counted('example_rn.ndjson.gz', ndjson)).toEqual({ records: 5, unparseable: 0 });
    expect(await counted('empty.ndjson', ndjson)).toEqual({ records: 0, unparseable: 0 });
    expect(await counted('empty.ndjson', json)).toMatch(/the JSON document is empty/);
    expect(await counted('whitespace_only.json', json)).toMatch(/the JSON document is empty/);
    expect(await counted('top_level_two_arrays.json', json)).toMatch(/malformed around its records, at byte \d+/);
    expect(await counted('sample_utf8_bom.json', json)).toMatchObject({ unparseable: 0 });
    expect(await counted('geojson/features.geojson', wrapped)).toMatchObject({ unparseable: 0 });
    expect(await counted('unterminated_quotes.ndjson', ndjson)).toMatchObject({ unparseable: 1 });
    const bluesky = gunzipSync(readFileSync(join(hostile, 'duckdb-json/bluesky.json.gz')))
      .toString()
      .trim()
      .split('\n').length;
    expect(await counted('bluesky.json.gz', ndjson)).toEqual({ records: bluesky, unparseable: 0 });
  },
);

test.skipIf(!isHere)(
  `every naughty string is kept as it is, or rejected with its reason ${without}`,
  { timeout: 120_000 },
  async () => {
    const strings = JSON.parse(readFileSync(join(hostile, 'blns.json'), 'utf8')) as string[];
    const lines = strings.map((s) => JSON.stringify({ s, j: { [s]: s } })).join('\n');
    const { counts, records } = await validated(anyValues, lines);
    expect(counts).toMatchObject({ records: strings.length, unparseable: 0 });
    for (const { reasons } of records) expect(reasons[0]).toMatch(/holds (U\+0000|a lone surrogate)/);
  },
);
