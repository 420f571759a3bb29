import { DatabaseConnectionException } from '../errors.js';
import { redshiftMessage } from '../pg-errors.js';
import type { Caller } from '../statement-record.js';
import { connection, paging, text } from './input.js';
import type { OperationParts } from './operation.js';
import { decodeToken, pageOf } from './page-token.js';
import { connectionOf, type Where } from './where.js';

const pageSize = 1000;

/** what the operations that read the catalog have in common */
export const metadataInput = { ...connection, ...paging(pageSize), ConnectedDatabase: text.min(1).max(64).optional() };
type Asked = Where & { MaxResults: number; NextToken?: string | undefined; ConnectedDatabase?: string | undefined };

/** not the user's: the emulation's own, and what PostgreSQL has for itself */
export const visible = (name: string) =>
  `${name} !~ '^(redshift_catalog|_redshift_[a-z]+|pg_toast|pg_temp_[0-9]+|pg_toast_temp_[0-9]+)$'`;

/** one page of a query over the catalog of the database asked for */
export async function catalogPage<Row extends object>(
  { postgres, users }: OperationParts,
  asked: Asked,
  caller: Caller,
  sql: string,
  values: unknown[],
) {
  const { database, dbUser } = connectionOf(asked, caller, users);
  const limit = asked.MaxResults || pageSize;
  const of = JSON.stringify([database, ...values]);
  const offset = decodeToken(asked.NextToken, of);
  try {
    // where one connects and what one lists may differ: both must exist
    if (asked.ConnectedDatabase) await (await postgres.session(asked.ConnectedDatabase, 'metadata')).end();
    const client = await postgres.statementSession(database, 'metadata', users.signIn(dbUser));
    try {
      const { rows } = await client.query<Row & Record<string, unknown>>(
        `${sql} limit ${limit + 1} offset ${offset}`,
        values,
      );
      return pageOf<Row>(rows, of, offset, limit);
    } finally {
      await client.end();
    }
  } catch (error) {
    throw DatabaseConnectionException(redshiftMessage(error));
  }
}
