import pg from 'pg';
import type { Postgres } from './postgres.js';
import { connectionName, seconds, type StatementRecord } from './statement-record.js';

/** ends what is left of the statement's connection, then asks whether it committed: the record as it stood there, if it did */
export async function committedRecord(
  postgres: Postgres,
  record: StatementRecord,
): Promise<StatementRecord | undefined> {
  const client = await postgres.session(record.database, `outcome of ${record.id}`).catch((error: unknown) => {
    // the database itself was dropped
    if (error instanceof pg.DatabaseError && error.code === '3D000') return undefined;
    throw error;
  });
  if (!client) return undefined;
  try {
    await client.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = $1', [
      connectionName(record),
    ]);
    const { rows } = await client.query<{ body: StatementRecord }>(
      'select body from _redshift_data.committed where id = $1',
      [record.id],
    );
    return rows[0]?.body;
  } finally {
    await client.end();
  }
}

/** a statement whose server died: committed is committed, all else was rolled back */
export async function recovered(postgres: Postgres, record: StatementRecord): Promise<StatementRecord> {
  const committed = await committedRecord(postgres, record);
  if (committed?.status === 'FINISHED') return committed;
  const { subs } = committed ?? record;
  return {
    ...record,
    status: 'FAILED',
    error: 'ERROR: connection lost: the service was restarted while the statement ran',
    updatedAt: seconds(),
    subs: subs.map((sub) => (committed && sub.status === 'FINISHED' ? sub : { ...sub, status: 'ABORTED' })),
  };
}
