import pg from 'pg';
import { withFullNames } from './sql/long-names.js';
import { Refusal } from './sql/refusal.js';

const lost = /connection terminated|not queryable|ECONNRESET|EPIPE|ECONNREFUSED|client was closed/i;

/** the outcome of what was asked last is unknown */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(57P0[123]|08...)$/.test(error.code ?? '');
  return error instanceof Error && lost.test(error.message);
}

/** by pg_cancel_backend, whoever asked for it; a statement's own timeout is a failure */
export const isUserCancel = (error: unknown) =>
  error instanceof pg.DatabaseError && error.code === '57014' && /user request/.test(error.message);

/** COMMIT, ROLLBACK or TRUNCATE in a procedure whose CALL is inside of a transaction */
export const isInvalidTermination = (error: unknown) => error instanceof pg.DatabaseError && error.code === '2D000';

/** whatever kind a relation is, it is called so where a right is missing */
const relations = /^(permission denied for|must be owner of) (?:materialized view|table|view|sequence) /;

/** the message Redshift would give */
export const redshiftMessage = (error: unknown): string => withFullNames(worded(error));

function worded(error: unknown): string {
  if (error instanceof Refusal) return `ERROR: ${error.message}`;
  if (isConnectionLoss(error)) return `FATAL: ${(error as Error).message} (connection lost)`;
  if (!(error instanceof pg.DatabaseError)) return `ERROR: ${error instanceof Error ? error.message : String(error)}`;
  const { code, message, detail, constraint, column } = error;
  const tail = detail ? ` Detail: ${detail}` : '';
  if (code === '40001') return 'ERROR: 1023 DETAIL: Serializable isolation violation on table in Redshift';
  if (code === '22001' || (code === '23514' && constraint?.startsWith('rs_bytes_'))) {
    const where = constraint ? `, column: ${constraint.slice('rs_bytes_'.length)}` : '';
    return `ERROR: Value too long for character type Detail: ${message}${where}`;
  }
  if (code === '21000' && message.startsWith('MERGE')) return 'ERROR: Found multiple matches to update the same tuple.';
  if (code === '23502') return `ERROR: Cannot insert a NULL value into column ${column ?? ''}`;
  if (code === '23505' && error.schema === 'pg_catalog') return 'ERROR: object already exists (concurrent creation)';
  if (isInvalidTermination(error))
    return 'ERROR: COMMIT, ROLLBACK and TRUNCATE cannot be invoked from a procedure that is executing in an atomic context: send its CALL on its own, and make it without SECURITY DEFINER and SET';
  if (code === '42P21' || code === '42P22') return 'ERROR: Query with different collations is not supported yet.';
  if (code === '42501') return `ERROR: ${message.replace(relations, '$1 relation ')}`;
  return `${error.severity ?? 'ERROR'}: ${message}${tail}`;
}
