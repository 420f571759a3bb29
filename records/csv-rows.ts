import type { CsvForm } from '../model/record-form.js';

const [newline, carriageReturn] = [0x0a, 0x0d];

/** a row within a block, without the end of its line */
export interface CsvRow {
  from: number;
  to: number;
  /** where the next row begins */
  next: number;
  hasQuote: boolean;
  /** why it is none: it ends with its line then, so that what follows is read */
  fault?: string;
}

export interface CsvMarks {
  delimiter: number;
  quote: number | undefined;
}

export function csvMarks({ delimiter = ',', quote = '"' }: CsvForm): CsvMarks {
  return { delimiter: delimiter.charCodeAt(0), quote: quote === false ? undefined : quote.charCodeAt(0) };
}

/** whole rows of a block, in order; returns where the row begins that the block does not end. `isLast`: nothing follows the block */
export function* csvRows(block: Buffer, { delimiter, quote }: CsvMarks, isLast: boolean): Generator<CsvRow, number> {
  let from = 0;
  let nextQuote = quote === undefined ? -1 : block.indexOf(quote);
  while (from < block.length) {
    if (quote !== undefined && nextQuote >= 0 && nextQuote < from) nextQuote = block.indexOf(quote, from);
    const line = block.indexOf(newline, from);
    const lineEnd = line < 0 ? block.length : line;
    if (nextQuote < 0 || quote === undefined || nextQuote >= lineEnd) {
      if (line < 0 && !isLast) return from;
      yield row(from, lineEnd, false);
      from = lineEnd + 1;
      continue;
    }
    const end = quotedEnd(block, from, delimiter, quote);
    if (end === 'goes on' || (typeof end === 'number' && end === block.length)) {
      if (!isLast) return from;
    }
    if (typeof end === 'number') {
      yield row(from, end, true);
      from = end + 1;
    } else {
      // a broken quote would swallow the rows after it
      const fault = end === 'goes on' ? 'a quote is not closed' : end.fault;
      if (line < 0 && !isLast) return from;
      yield { ...row(from, lineEnd, true), fault };
      from = lineEnd + 1;
    }
  }
  return block.length;

  function row(from: number, end: number, hasQuote: boolean): CsvRow {
    const to = end > from && block[end - 1] === carriageReturn ? end - 1 : end;
    return { from, to, next: Math.min(end + 1, block.length), hasQuote };
  }
}

/** the newline that ends a row, or the end of the block; fields that begin with a quote may have newlines */
function quotedEnd(
  block: Buffer,
  from: number,
  delimiter: number,
  quote: number,
): number | 'goes on' | { fault: string } {
  let at = from;
  for (;;) {
    if (block[at] === quote) {
      for (;;) {
        at = block.indexOf(quote, at + 1);
        if (at < 0) return 'goes on';
        if (block[at + 1] !== quote) break;
        at++;
      }
      at++;
      if (at === block.length) return at;
      if (block[at] === carriageReturn && (at + 1 === block.length || block[at + 1] === newline)) at++;
      if (at === block.length || block[at] === newline) return at;
      if (block[at] !== delimiter) return { fault: `byte ${at - from}: expected a delimiter after a quoted field` };
      at++;
      continue;
    }
    while (at < block.length && block[at] !== delimiter && block[at] !== newline) at++;
    if (at === block.length || block[at] === newline) return at;
    at++;
  }
}

/** rows of a file that is whole, for those that count pages */
export function countCsvRecords(bytes: Buffer, form: CsvForm): number {
  let rows = 0;
  for (const { from, to } of csvRows(bytes, csvMarks(form), true)) if (to > from) rows++;
  return form.header === undefined || form.header === true ? Math.max(0, rows - 1) : rows;
}
