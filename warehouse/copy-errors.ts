import { TerminalError, TransientError } from '../model/errors.js';
import { withoutValues } from '../model/without-values.js';
import { failedPart, type Ended } from './failure.js';
import type { Row } from './result-rows.js';

const shown = 3;

/** a COPY that was refused, by file, column and reason as the warehouse notes them; other failures as they are */
export async function explained(
  failure: Error,
  ended: Ended,
  query: (sql: string, parameters: Record<string, string>) => Promise<Row[]>,
): Promise<Error> {
  const part = failedPart(ended);
  const sql = part?.QueryString ?? ended.QueryString ?? '';
  const id = part?.RedshiftQueryId ?? ended.RedshiftQueryId;
  if (failure instanceof TransientError || !/^\s*copy\s/i.test(sql) || !id || id < 0) return failure;
  const noted = await query(
    `SELECT TRIM(file_name) AS file, line_number, TRIM(column_name) AS "column", TRIM(error_message) AS reason
     FROM sys_load_error_detail WHERE query_id = CAST(:query_id AS BIGINT) ORDER BY file_name, line_number LIMIT ${shown}`,
    { query_id: String(id) },
  ).catch(() => []); // what is known without it is still told
  if (noted.length === 0) return failure;
  const told = noted.map(
    ({ file, line_number: line, column, reason }) =>
      `${file}${Number(line) > 0 ? ` row ${line}` : ''}${column ? `, column ${column}` : ''}: ${withoutValues(String(reason), `${sql} ${column}`)}`,
  );
  return new TerminalError('CopyRejected', `COPY refused ${told.join('; ')} (statement ${ended.Id})`, {
    cause: failure,
  });
}
