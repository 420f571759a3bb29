import { gzipSync } from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ResultColumn } from './result-column.js';
import type { UnloadCommand } from './parse-unload.js';

export type Row = (string | null)[];

/** one file in the making */
export interface FileWriter {
  /** a promise when it has begun to write what it held */
  add(row: Row): Promise<void> | undefined;
  /** about what is held */
  size(): number;
  finish(): Promise<Uint8Array>;
}

const groupRows = 65_536;

export function fileWriter(command: UnloadCommand, columns: ResultColumn[]): FileWriter {
  return command.format === 'parquet' ? parquetWriter(columns) : textWriter(command, columns);
}

function parquetWriter(columns: ResultColumn[]): FileWriter {
  const bytes = new ByteWriter();
  const schema = [{ name: 'schema', num_children: columns.length }, ...columns.map(({ element }) => element)];
  const file = new ParquetWriter({ writer: bytes, schema, createdBy: 'waterclock local redshift' });
  let rows: Row[] = [];
  let held = 0;
  async function flush(): Promise<void> {
    if (rows.length === 0) return;
    const group = rows;
    rows = [];
    held = 0;
    await file.write({
      columnData: columns.map(({ name, value }, at) => ({
        name,
        data: group.map((row) => {
          const text = row[at];
          return text === null || text === undefined ? null : value(text);
        }) as never,
      })),
    });
  }
  return {
    add(row) {
      rows.push(row);
      for (const text of row) held += text?.length ?? 1;
      return rows.length >= groupRows ? flush() : undefined;
    },
    size: () => bytes.offset + held,
    async finish() {
      await flush();
      await file.finish();
      return new Uint8Array(bytes.getBuffer());
    },
  };
}

function textWriter(command: UnloadCommand, columns: ResultColumn[]): FileWriter {
  const line = { csv: csvLine, json: jsonLine, text: delimitedLine }[command.format as 'csv' | 'json' | 'text'];
  let parts: string[] = [];
  const chunks: Buffer[] = [];
  let size = 0;
  const flush = () => {
    chunks.push(Buffer.from(parts.join('')));
    parts = [];
  };
  const push = (text: string) => {
    parts.push(text);
    size += text.length;
    if (parts.length >= 4096) flush();
  };
  if (command.header) push(`${columns.map(({ name }) => name).join(command.delimiter)}\n`);
  return {
    add(row) {
      push(`${line(row, command, columns)}\n`);
      return undefined;
    },
    size: () => size,
    async finish() {
      flush();
      const bytes = Buffer.concat(chunks);
      return command.gzip ? gzipSync(bytes) : bytes;
    },
  };
}

/** SUPER without white space, VARBYTE as digits */
function plain(text: string, { base }: ResultColumn): string {
  if (base === 'super')
    return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, literal: string | undefined) => literal ?? '');
  return base === 'binary varying' ? text.slice(2) : text;
}

function csvLine(row: Row, { delimiter, nullAs }: UnloadCommand, columns: ResultColumn[]): string {
  return columns
    .map((column, at) => {
      const text = row[at];
      if (text === null || text === undefined) return nullAs;
      const value = plain(text, column);
      return value.includes(delimiter) || /["\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    })
    .join(delimiter);
}

function delimitedLine(
  row: Row,
  { delimiter, nullAs, escape, addQuotes }: UnloadCommand,
  columns: ResultColumn[],
): string {
  return columns
    .map((column, at) => {
      const text = row[at];
      if (text === null || text === undefined) return nullAs;
      let value = plain(text, column);
      if (escape && column.isText) {
        const special = new Set(['\\', '\n', '\r', delimiter, ...(addQuotes ? ['"', "'"] : [])]);
        value = Array.from(value, (character) => (special.has(character) ? `\\${character}` : character)).join('');
      }
      return addQuotes ? `"${value}"` : value;
    })
    .join(delimiter);
}

function jsonLine(row: Row, _: UnloadCommand, columns: ResultColumn[]): string {
  const fields = columns.map((column, at) => {
    const text = row[at];
    return `${JSON.stringify(column.name)}:${text === null || text === undefined ? 'null' : jsonValue(plain(text, column), column)}`;
  });
  return `{${fields.join(',')}}`;
}

function jsonValue(text: string, { isJson, base }: ResultColumn): string {
  if (base === 'boolean') return text === 't' ? 'true' : 'false';
  // NaN and Infinity are no JSON
  return isJson && !/^-?[IN]/.test(text) ? text : JSON.stringify(text);
}
