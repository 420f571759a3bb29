import { isUtf8 } from 'node:buffer';
import type { CsvForm } from '../model/record-form.js';
import { firstInvalid, type Parsed } from './parse-record.js';
import { maxRecordBytes, type RawRecord } from './raw-record.js';

interface CsvField {
  text: string;
  isQuoted: boolean;
}

/** fields of a row whose quotes are right */
export function parseCsvFields(row: string, { delimiter = ',', quote = '"' }: CsvForm): CsvField[] {
  if (quote === false || !row.includes(quote)) {
    return row.split(delimiter).map((text) => ({ text, isQuoted: false }));
  }
  const fields: CsvField[] = [];
  for (let at = 0; ; at++) {
    const isQuoted = row.startsWith(quote, at);
    let text = '';
    if (isQuoted) {
      for (;;) {
        const end = row.indexOf(quote, at + 1);
        text += row.slice(at + 1, end);
        at = end + 1;
        if (!row.startsWith(quote, at)) break;
        text += quote;
      }
    } else {
      const end = row.indexOf(delimiter, at);
      text = row.slice(at, end < 0 ? row.length : end);
      at += text.length;
    }
    fields.push({ text, isQuoted });
    if (at >= row.length) return fields;
  }
}

/** in a text, where bytes were not of its encoding */
const replacement = '\uFFFD';

/** one row as a record of texts; a field with the null text, unquoted, is null */
export function csvParser(form: CsvForm): (record: RawRecord) => Parsed {
  const { nullText = '', encoding } = form;
  return ({ block, from, to, isAscii, tooLong, fault, columns = [] }) => {
    if (tooLong !== undefined) return { reason: `${tooLong} bytes long, a record may have ${maxRecordBytes}` };
    if (!isAscii && !isUtf8(block.subarray(from, to)))
      return { reason: `not UTF-8 at byte ${firstInvalid(block.subarray(from, to))}` };
    if (fault !== undefined) return { reason: fault };
    const text = block.toString(isAscii ? 'latin1' : 'utf8', from, to);
    if (encoding !== undefined && text.includes(replacement)) return { reason: `has bytes that are not ${encoding}` };
    const fields = parseCsvFields(text, form);
    if (fields.length !== columns.length) {
      return { reason: `has ${counted(fields.length)}, its header has ${columns.length}` };
    }
    const value = Object.fromEntries(
      fields.map(({ text, isQuoted }, at) => [columns[at] ?? '', !isQuoted && text === nullText ? null : text]),
    );
    return { value, isPlain: !text.includes('\0') };
  };
}

const counted = (fields: number) => `${fields} ${fields === 1 ? 'field' : 'fields'}`;
