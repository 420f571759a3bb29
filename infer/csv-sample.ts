import { csvMarks, csvRows } from '../records/csv-rows.js';
import { csvParser } from '../records/parse-csv.js';
import { splitRecords } from '../records/split-records.js';
import type { CsvForm } from '../model/record-form.js';
import { refuse } from '../control/failure.js';
import { columnKinds, jsonLine } from './csv-cells.js';

interface File {
  name: string;
  text: string;
}

/** the rows of CSV files as lines of JSON: a column of numbers has numbers, and nulls are null. `most`: rows of all files */
export async function csvAsLines(files: File[], form: CsvForm, most: number): Promise<File[]> {
  const parse = csvParser(form);
  const found: { name: string; rows: Record<string, unknown>[] }[] = [];
  let left = most;
  for (const { name, text } of files) {
    const rows: Record<string, unknown>[] = [];
    for await (const block of splitRecords(form, once(Buffer.from(text)), [])) {
      for (const record of block.slice(0, left - rows.length)) {
        const parsed = parse(record);
        if ('reason' in parsed) refuse(`${name}: line ${record.line} is not a record: it ${parsed.reason}`);
        rows.push(parsed.value as Record<string, unknown>);
      }
    }
    left -= rows.length;
    found.push({ name, rows });
  }
  const kinds = columnKinds(found.flatMap(({ rows }) => rows));
  return found.map(({ name, rows }) => ({ name, text: rows.map((row) => `${jsonLine(row, kinds)}\n`).join('') }));
}

/** the beginning of a file up to its last whole row, of so many letters about */
export function wholeRows(text: string, form: CsvForm, most = Infinity): string {
  const bytes = Buffer.from(text);
  let end = 0;
  for (const { next } of csvRows(bytes, csvMarks(form), false)) {
    if (next > most && end > 0) break;
    end = next;
  }
  return bytes.toString('utf8', 0, end);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
