import type { CsvForm, RecordForm } from '../model/record-form.js';
import type { RawPart } from '../model/plan.js';
import { csvMarks, csvRows } from '../records/csv-rows.js';
import { parseCsvFields } from '../records/parse-csv.js';

/** where a piece of an object lies in it, and what it takes to read its records without those before */
type About = Pick<RawPart['sources'][number], 'skipped' | 'columns'>;

export interface RecordCuts {
  /** the whole records that a block begins with, and the rest of it; undefined where it does not end one */
  cut(block: Buffer): { body: Buffer; rest: Buffer; about: About } | undefined;
  /** of what is left when nothing is cut any more */
  about(): About;
}

/** in these a byte of a comma, quote or newline is never part of another character */
const plainBytes = /^(utf-?8|(us-)?ascii|iso-8859-\d+|latin\d+|windows-125\d)$/i;

/** cuts an object after whole records, wherever its chunks end; undefined where bytes do not show where one ends */
export function recordCuts(form: RecordForm): RecordCuts | undefined {
  if (form.form === 'ndjson') return cutsAfter((block) => ({ end: block.lastIndexOf(0x0a) + 1 }));
  if (form.form === 'json' || !plainBytes.test(form.encoding ?? 'utf-8')) return undefined;
  const { header, encoding } = form;
  const marks = csvMarks(form);
  const namesIn = (row: Buffer) => parseCsvFields(new TextDecoder(encoding).decode(row), form).map(({ text }) => text);
  return cutsAfter((block, known = Array.isArray(header) ? header : undefined) =>
    rowsEnd(block, marks, known, namesIn),
  );
}

type End = { end: number; columns?: string[] | undefined };

function cutsAfter(endOf: (block: Buffer, columns: string[] | undefined) => End): RecordCuts {
  const skipped = { bytes: 0, lines: 0 };
  let columns: string[] | undefined;
  const about = (): About => ({
    ...(skipped.bytes > 0 && { skipped: { ...skipped } }),
    ...(skipped.bytes > 0 && columns && { columns }),
  });
  return {
    about,
    cut(block) {
      const found = endOf(block, columns);
      if (found.end === 0) return undefined;
      const body = block.subarray(0, found.end);
      const cut = { body, rest: block.subarray(found.end), about: about() };
      skipped.bytes += body.length;
      skipped.lines += newlines(body);
      columns = found.columns;
      return cut;
    },
  };
}

/** a header that cannot be read is left to who reads the object as a whole */
function rowsEnd(
  block: Buffer,
  marks: ReturnType<typeof csvMarks>,
  known: CsvForm['header'],
  namesIn: (row: Buffer) => string[],
): End {
  let columns = Array.isArray(known) ? known : undefined;
  const rows = csvRows(block, marks, false);
  let step = rows.next();
  for (; !step.done; step = rows.next()) {
    const { from, to, fault } = step.value;
    if (columns || to === from) continue;
    if (fault !== undefined) return { end: 0 };
    columns = namesIn(block.subarray(from, to));
  }
  return columns ? { end: step.value, columns } : { end: 0 };
}

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}
