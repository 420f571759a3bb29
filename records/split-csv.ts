import { isAscii, isUtf8 } from 'node:buffer';
import { csvMarks, csvRows, type CsvRow } from './csv-rows.js';
import { TerminalError } from '../model/errors.js';
import type { CsvForm } from '../model/record-form.js';
import { parseCsvFields } from './parse-csv.js';
import { keptBytes, maxRecordBytes, newline, type PartSources, type RawRecord } from './raw-record.js';

const firstLook = 256 * 1024;

/** rows of one object that are not blank, a block at a time; what is broken ends with its line, so that the rest is read */
export async function* splitCsv(
  chunks: AsyncIterable<Uint8Array>,
  form: CsvForm,
  source: PartSources[number] | undefined,
): AsyncGenerator<RawRecord[]> {
  const marks = csvMarks(form);
  let columns = source?.columns ?? (Array.isArray(form.header) ? form.header : undefined);
  let offset = source?.skipped?.bytes ?? 0;
  let line = (source?.skipped?.lines ?? 0) + 1;
  let pieces: Buffer[] = [];
  let size = 0;
  /** a row that goes on is looked at again when it has twice its length */
  let nextLook = firstLook;
  /** beginning of a line that is longer than any record, while its end is awaited */
  let long: { block: Buffer; size: number } | undefined;

  function take(isLast: boolean): RawRecord[] {
    const block = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
    const records: RawRecord[] = [];
    let rest = read(block, isLast, records);
    if (!isLast) while (rest.length > maxRecordBytes) rest = passLine(rest, records);
    pieces = rest.length > 0 ? [rest] : [];
    size = rest.length;
    nextLook = Math.max(firstLook, size * 2);
    return records;
  }

  function read(block: Buffer, isLast: boolean, records: RawRecord[]): Buffer {
    const isPlain = isAscii(block);
    const rows = csvRows(block, marks, isLast);
    let step = rows.next();
    for (; !step.done; step = rows.next()) add(step.value);
    offset += step.value;
    return block.subarray(step.value);

    function add(row: CsvRow): void {
      const isMarked = offset === 0 && row.from === 0 && block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf;
      const from = isMarked ? 3 : row.from;
      if (row.to > from || row.fault) {
        const record = { block, from, to: row.to, isAscii: isPlain, line, offset: offset + from, source: 0 };
        if (!columns) columns = namesIn(record, row.fault);
        else records.push({ ...record, columns, ...(row.fault && { fault: row.fault }), ...tooLong(from, row.to) });
      }
      line++;
      if (row.hasQuote)
        for (let at = block.indexOf(newline, row.from); at >= 0 && at < row.to; at = block.indexOf(newline, at + 1))
          line++;
    }
  }

  /** the first line of a row that has no end within the length of a record */
  function passLine(block: Buffer, records: RawRecord[]): Buffer {
    const end = block.indexOf(newline);
    if (end < 0) {
      long = { block: Buffer.from(block.subarray(0, keptBytes)), size: block.length };
      return block.subarray(block.length);
    }
    const record = { block, from: 0, to: end, isAscii: false, line, offset, source: 0, columns: columns ?? [] };
    records.push({ ...record, fault: 'a quote is not closed', ...tooLong(0, end) });
    offset += end + 1;
    line++;
    return read(block.subarray(end + 1), false, records);
  }

  function endLong({ block, size }: { block: Buffer; size: number }): RawRecord {
    const record = { block, from: 0, to: block.length, isAscii: false, line, offset, source: 0, tooLong: size };
    offset += size;
    line++;
    long = undefined;
    return record;
  }

  /** the names of the columns; without them no row can be read */
  function namesIn({ block, from, to, offset }: RawRecord, fault: string | undefined): string[] {
    const bytes = block.subarray(from, to);
    const fail = (what: string) => new TerminalError('UnreadablePart', `the header, at byte ${offset}, ${what}`);
    if (fault) throw fail(`is broken: ${fault}`);
    if (!isUtf8(bytes)) throw fail('is not UTF-8: name its encoding in records, as encoding: "windows-1252"');
    const names = parseCsvFields(bytes.toString(), form).map(({ text }) => text);
    const twice = names.find((name, at) => names.indexOf(name) < at);
    if (twice !== undefined)
      throw fail(`has the column '${twice}' twice: give names in records, as header: ['a', 'b']`);
    if (!names.every((name) => !name.includes('\r'))) throw fail('has no end: its lines end in CR alone');
    return names;
  }

  for await (const bytes of chunks) {
    let chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (long) {
      const end = chunk.indexOf(newline);
      long.size += end < 0 ? chunk.length : end;
      if (end < 0) continue;
      chunk = chunk.subarray(end + 1);
      yield [endLong(long)];
      offset++;
    }
    pieces.push(chunk);
    size += chunk.length;
    if (size >= nextLook) yield take(false);
  }
  if (long) yield [endLong(long)];
  if (size > 0) yield take(true);
}

function tooLong(from: number, to: number): Partial<RawRecord> {
  return to - from > maxRecordBytes ? { tooLong: to - from, to: from + keptBytes } : {};
}
