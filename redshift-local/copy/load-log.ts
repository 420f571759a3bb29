import type { CommandContext } from '../command-context.js';
import type { CopyCommand } from '../sql/copy.js';
import type { Problem } from './load-errors.js';
import type { SourceFile } from './source-files.js';
import { typeName, type Target } from './target-columns.js';

/** what sys_load_history and the error views show of one COPY */
export function loadLog({ source, format, table }: CopyCommand, { outside, queryId }: CommandContext) {
  const started = new Date();
  let target: Target = { id: 0, name: table.replaceAll('"', '').split('.').at(-1) ?? '', isNew: false, columns: [] };
  let files: SourceFile[] = [];
  return {
    begin(into: Target, from: SourceFile[]) {
      target = into;
      files = from;
    },
    /** on a connection of its own, so that a rollback does not take it away */
    async end(status: 'completed' | 'aborted', rows: number, problems: Problem[]): Promise<void> {
      const { client, end } = await outside();
      try {
        const { rows: added } = await client.query<{ id: string }>(
          `insert into _redshift_data.loads (query_id, status, table_id, table_name, started_at, source, format, rows, files, errors)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
          [
            queryId,
            status,
            target.id,
            target.name,
            started,
            source,
            format === 'text' ? 'txt' : format,
            rows,
            JSON.stringify(files),
            problems.length,
          ],
        );
        for (const problem of problems) await client.query(insertProblem, [added[0]?.id, ...values(problem)]);
      } finally {
        await end();
      }
    },
  };
}

const insertProblem = `insert into _redshift_data.load_errors (load_id, file, line, column_name, column_type, column_length, position, code, reason, raw_line, raw_value)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

function values({ file, line, column, position, code, reason, rawLine, rawValue }: Problem) {
  const [, type = '', length = ''] = /^(\w+)(?:\((.+)\))?/.exec(column ? typeName(column) : '') ?? [];
  const text = [column?.name ?? '', type.toLowerCase(), length];
  return [file, line, ...text, position ?? 0, code, reason, printable(rawLine), printable(rawValue)];
}

/** PostgreSQL has no U+0000 */
const printable = (text = '') => text.replaceAll('\0', '\\0').slice(0, 1024);
