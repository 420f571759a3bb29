import pg from 'pg';
import { copyHeader, copyTrailer } from './binary-rows.js';
import { copyIn } from './copy-in.js';
import type { Load, Loaded } from './load-job.js';
import { spectrumFailure, type Problem } from './load-errors.js';
import { parquetRows } from './parquet-rows.js';
import type { SourceFile } from './source-files.js';
import { quoted } from './target-columns.js';

/** COPY of Parquet files by position; the first problem ends it */
export async function loadParquet({ command, target, files, context }: Load): Promise<Loaded> {
  const { columns, isNew } = target;
  const begins: { file: SourceFile; row: number }[] = [];
  let rows = 0;
  const fail = (problem: Problem) => spectrumFailure(context.queryId, problem);

  /** its first rows are on their way */
  function begun(file: SourceFile | undefined) {
    if (!file) return undefined;
    const { fillRecord, serializeToJson } = command;
    const pieces = parquetRows({
      objects: context.objects,
      file,
      columns,
      byName: false,
      fillRecord,
      serializeToJson,
      fail,
    });
    const first = pieces.next();
    // told when its turn comes
    first.catch(() => undefined);
    return { file, pieces, first };
  }

  async function* chunks(): AsyncGenerator<Buffer> {
    yield copyHeader;
    let coming = begun(files[0]);
    for (let next = 1; coming; next++) {
      const { file, pieces, first } = coming;
      coming = begun(files[next]);
      begins.push({ file, row: rows });
      for (let piece = await first; !piece.done; piece = await pieces.next()) {
        context.check();
        rows += piece.value.count;
        yield piece.value.chunk;
      }
    }
    yield copyTrailer;
  }

  const names = columns.map(({ name }) => quoted(name)).join(', ');
  // of a table that no one else has seen: rows that need no look at their transaction, nor a write after it
  const options = isNew ? 'format binary, freeze' : 'format binary';
  try {
    await copyIn(context.client, `copy ${command.table} (${names}) from stdin (${options})`, chunks());
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
    const column = columns.find((item) => item.name === name);
    const isUtf8 = error.code === '22021';
    const reason = isUtf8 ? `String contains invalid or unsupported UTF8 codepoints. ${error.message}` : error.message;
    return fail({ file: begin.file.url, line: row - begin.row, column, code: isUtf8 ? 1220 : 15001, reason });
  }
}
