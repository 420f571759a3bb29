import type { SchemaElement } from 'hyparquet';
import type { BinaryColumn } from './binary-column.js';
import { binaryColumn } from './binary-columns.js';
import { binaryRows } from './binary-rows.js';
import { CellError } from './cell-error.js';
import type { Problem } from './load-errors.js';
import type { Objects } from './objects.js';
import { describe } from './parquet-kinds.js';
import { openParquet } from './read-parquet.js';
import type { SourceFile } from './source-files.js';
import { typeName, type TargetColumn } from './target-columns.js';

export interface ParquetSource {
  objects: Objects;
  file: SourceFile;
  columns: TargetColumn[];
  /** as Spectrum finds them; COPY goes by position */
  byName: boolean;
  /** columns that the file lacks are NULL */
  fillRecord: boolean;
  serializeToJson: boolean;
  fail: (problem: Problem) => Error;
}

/** the rows of one Parquet file, as PostgreSQL's binary COPY takes them */
export async function* parquetRows(source: ParquetSource): AsyncGenerator<{ chunk: Buffer; count: number }> {
  const { objects, file, columns, byName, fillRecord, fail } = source;
  const place = (line = 0, column?: TargetColumn) => ({ file: file.url, line, column });
  const parquet = await openParquet(await objects.buffer(file.url, file.size)).catch((error: unknown) => {
    const reason = `File '${httpsOf(file.url)}' has an invalid version number: ${error instanceof Error ? error.message : String(error)}`;
    throw fail({ ...place(), code: 15001, reason });
  });
  const found = parquet.columns.length;
  if (!byName && (found > columns.length || (found < columns.length && !fillRecord))) {
    const reason = `Unmatched number of columns between table and file. Table columns: ${columns.length}, Data columns: ${found}, File name: ${httpsOf(file.url)}`;
    throw fail({ ...place(), code: 15007, reason });
  }
  const elements = columns.map((column, at) =>
    byName ? parquet.columns.find(({ name }) => name.toLowerCase() === column.name) : parquet.columns[at],
  );
  const bare = columns.find(({ nullable }, at) => !nullable && !elements[at]);
  if (bare) throw fail({ ...place(1, bare), code: 1213, reason: 'Missing data for not-null field' });
  const writers = columns.map((column, at) => writerOf(source, elements[at], column, at));
  let first = 0;
  for await (const group of parquet.groups(elements.flatMap((element) => (element ? [element.name] : [])))) {
    let next = 0;
    const pages = elements.map((element) => (element ? (group.columns[next++] ?? []) : []));
    const sources = writers.map((writer, at) => writer && { writer, pages: pages[at] ?? [] });
    try {
      yield* binaryRows(sources, group.rows);
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      const { code, message } = error.cause;
      const reason = code === 15001 ? `${message}, File name: ${httpsOf(file.url)}` : message;
      throw fail({ ...place(first + error.index + 1, columns[error.column]), code, reason });
    }
    first += group.rows;
  }
}

function writerOf(
  { file, serializeToJson, fail }: ParquetSource,
  element: SchemaElement | undefined,
  column: TargetColumn,
  at: number,
): BinaryColumn | undefined {
  if (!element) return undefined;
  const made = binaryColumn(element, column, serializeToJson);
  if (made) return made;
  const reason = `File '${httpsOf(file.url)}' has an incompatible Parquet schema for column '${file.url}.${element.name}'. Column type: ${typeName(column)}, Parquet schema:\n${describe(element, at)}`;
  throw fail({ file: file.url, line: 0, column, code: 15007, reason });
}

/** Spectrum names files by their address on the web */
const httpsOf = (url: string) => url.replace(/^s3:\/\/([^/]+)\//, 'https://s3.amazonaws.com/$1/');
