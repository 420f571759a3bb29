import pg from 'pg';
import { binaryColumn, type BinaryColumn } from './binary-columns.js';
import { CellError } from './cell-error.js';
import { binaryRows, copyHeader, copyTrailer } from './binary-rows.js';
import { copyIn } from './copy-in.js';
import type { Load, Loaded } from './load.js';
import { spectrumFailure, type Problem } from './load-errors.js';
import { describe } from './parquet-kinds.js';
import { openParquet } from './read-parquet.js';
import type { SourceFile } from './source-files.js';
import { quoted, typeName, type TargetColumn } from './target-columns.js';

/** COPY of Parquet files by position; the first problem ends it */
export async function loadParquet({ command, target, files, context }: Load): Promise<Loaded> {
  const names = target.columns.map(({ name }) => quoted(name)).join(', ');
  const begins: { file: SourceFile; row: number }[] = [];
  let rows = 0;
  const fail = (problem: Problem) => spectrumFailure(context.queryId, problem);

  async function* chunks(): AsyncGenerator<Buffer> {
    yield copyHeader;
    for (const file of files) {
      begins.push({ file, row: rows });
      for await (const { chunk, count } of fileRows(file)) {
        context.check();
        rows += count;
        yield chunk;
      }
    }
    yield copyTrailer;
  }

  async function* fileRows(file: SourceFile) {
    const parquet = await openParquet(await context.objects.buffer(file.url, file.size)).catch((error: unknown) => {
      throw fail({
        ...place(file),
        code: 15001,
        reason: `File '${httpsOf(file.url)}' has an invalid version number: ${messageOf(error)}`,
      });
    });
    const found = parquet.columns.length;
    const wanted = target.columns.length;
    if (found > wanted || (found < wanted && !command.fillRecord)) {
      throw fail({
        ...place(file),
        code: 15007,
        reason: `Unmatched number of columns between table and file. Table columns: ${wanted}, Data columns: ${found}, File name: ${httpsOf(file.url)}`,
      });
    }
    const filled = target.columns.slice(found).find(({ nullable }) => !nullable);
    if (filled) throw fail({ ...place(file, 1, filled), code: 1213, reason: 'Missing data for not-null field' });
    const writers = target.columns.slice(0, found).map((column, at) => writer(file, parquet.columns[at], column, at));
    let first = 0;
    for await (const group of parquet.groups(parquet.columns.map(({ name }) => name))) {
      const pages = [...group.columns, ...target.columns.slice(found).map(() => [])];
      try {
        for (const batch of binaryRows(writers, pages, group.rows)) yield batch;
      } catch (error) {
        if (!(error instanceof CellError)) throw error;
        const column = target.columns[error.column];
        const { code, message } = error.cause;
        const reason = code === 15001 ? `${message}, File name: ${httpsOf(file.url)}` : message;
        throw fail({ ...place(file, first + error.index + 1, column), code, reason });
      }
      first += group.rows;
    }
  }

  function writer(
    file: SourceFile,
    element: Parameters<typeof describe>[0] | undefined,
    column: TargetColumn,
    at: number,
  ): BinaryColumn {
    const made = element && binaryColumn(element, column, command.serializeToJson);
    if (made) return made;
    const shown = element ? describe(element, at) : '';
    throw fail({
      ...place(file, 0, column),
      code: 15007,
      reason: `File '${httpsOf(file.url)}' has an incompatible Parquet schema for column '${file.url}.${element?.name}'. Column type: ${typeName(column)}, Parquet schema:\n${shown}`,
    });
  }

  const sql = `copy ${command.table} (${names}) from stdin (format binary)`;
  try {
    await copyIn(context.client, sql, chunks());
  } catch (error) {
    throw asProblem(error) ?? error;
  }
  return { rows, problems: [] };

  /** what only PostgreSQL finds, like bytes that are no UTF-8, at the line of the file */
  function asProblem(error: unknown) {
    if (!(error instanceof pg.DatabaseError)) return undefined;
    const [, line, name] = /line (\d+)(?:, column (.+))?$/m.exec(error.where ?? '') ?? [];
    const row = Number(line);
    const begin = begins.findLast((item) => item.row < row);
    if (!begin) return undefined;
    const column = target.columns.find((item) => item.name === name);
    const isUtf8 = error.code === '22021';
    const reason = isUtf8 ? `String contains invalid or unsupported UTF8 codepoints. ${error.message}` : error.message;
    return fail({ ...place(begin.file, row - begin.row, column), code: isUtf8 ? 1220 : 15001, reason });
  }
}

const place = ({ url }: SourceFile, line = 0, column?: TargetColumn) => ({ file: url, line, column });

/** Spectrum names files by their address on the web */
const httpsOf = (url: string) => url.replace(/^s3:\/\/([^/]+)\//, 'https://s3.amazonaws.com/$1/');

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
