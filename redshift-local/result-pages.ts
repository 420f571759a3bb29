import { csvField, fieldJson } from './records.js';

/** limits of the Data API: a row, a result; and what a page holds at most */
const rowLimit = 64 * 1024;
const resultLimit = 100 * 1024 * 1024;
const pageBytes = 1024 * 1024;
const pageRows = 1000;

type Field = { name: string; dataTypeID: number };

/** rows of one result as they are handed out: pages of JSON records, or of CSV whose first line is the header */
export function resultPages(format: 'JSON' | 'CSV') {
  const pages: string[] = [];
  let rows: string[] = [];
  let held = 0;
  let size = 0;
  let refusal: string | undefined;

  const encode = (row: (string | null)[], fields: Field[]) =>
    format === 'JSON'
      ? `[${row.map((value, at) => fieldJson(value, fields[at]?.dataTypeID ?? 25)).join(',')}]`
      : `${row.map((value, at) => csvField(value, fields[at]?.dataTypeID ?? 25)).join(',')}\r\n`;

  function flush(): void {
    if (rows.length > 0) pages.push(format === 'JSON' ? `[${rows.join(',')}]` : rows.join(''));
    rows = [];
    held = 0;
  }

  function put(text: string): void {
    if (held + text.length > pageBytes) flush();
    rows.push(text);
    held += text.length;
    if (format === 'JSON' && rows.length >= pageRows) flush();
  }

  return {
    add(row: (string | null)[], fields: Field[]): void {
      if (refusal) return;
      const bytes = row.reduce((sum, value) => sum + (value === null ? 0 : Buffer.byteLength(value)), 0);
      size += bytes;
      if (bytes > rowLimit)
        refusal = `Packet for query is too large: a row of the result has ${bytes} bytes, at most 64 KB are allowed`;
      if (size > resultLimit) refusal = 'Database response exceeded size limit: at most 100 MB are allowed';
      if (format === 'CSV' && pages.length + rows.length === 0) put(header(fields));
      put(encode(row, fields));
    },
    /** throws when a limit was passed */
    done(fields: Field[]): { pages: string[]; size: number } {
      if (refusal) throw new Error(refusal);
      if (format === 'CSV' && pages.length + rows.length === 0) put(header(fields));
      flush();
      return { pages: pages.length > 0 ? pages : ['[]'], size };
    },
  };
}

const header = (fields: Field[]) => `${fields.map(({ name }) => csvField(name, 25)).join(',')}\r\n`;
