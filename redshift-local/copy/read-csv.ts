import type { Readable } from 'node:stream';
import { parse, type CsvError } from 'csv-parse';
import type { CopyCommand } from '../sql/copy.js';
import { ValueError } from './load-errors.js';
import type { TextRecord } from './text-record.js';

interface Parsed {
  record: string[];
  raw: string;
  info: { lines: number };
}

/** records of a CSV file, quoted fields as RFC 4180 has them */
export async function* readCsv(
  source: Readable,
  { delimiter, quote, nullAs = '\\N' }: CopyCommand,
): AsyncGenerator<TextRecord> {
  const parser = parse({
    delimiter,
    quote,
    escape: quote,
    encoding: 'latin1',
    relax_column_count: true,
    raw: true,
    info: true,
    // a single value that is empty is a record, a line without any is told apart by the loader
    skip_empty_lines: false,
  });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let line = 0;
  try {
    for await (const item of parser) {
      const { record, raw, info } = item as Parsed;
      line = info.lines;
      const fields = record.map((field) => (field === nullAs ? null : field));
      yield { line, raw: raw.replace(/\r?\n$/, ''), fields };
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    const reason =
      error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'Delimited value missing end quote' : 'Invalid quote formatting for CSV';
    yield { line: line + 1, raw: '', fields: [], problem: new ValueError(1214, reason) };
  }
}

const isCsvError = (error: unknown): error is CsvError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
