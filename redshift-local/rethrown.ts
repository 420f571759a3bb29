import pg from 'pg';

/** what the handlers of a procedure have caught, and its call throws again */
export const askRethrown = `select current_setting('redshift.rethrown', true)`;

/** it is of the session, since the procedure may have ended its transaction */
export const forgetRethrown = `select set_config('redshift.rethrown', '', false)`;

/** `22012 division by zero` as PostgreSQL's error */
export function rethrown(noted: string | null | undefined): pg.DatabaseError | undefined {
  if (!noted) return undefined;
  const error = new pg.DatabaseError(noted.slice(6), noted.length, 'error');
  return Object.assign(error, { code: noted.slice(0, 5), severity: 'ERROR' });
}
