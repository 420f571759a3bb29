import type pg from 'pg';
import { quoted } from './copy/target-columns.js';

/** work of the service's own within a session of a user, whose name it is given; a transaction that fails in it takes it back by itself */
export async function asService(client: pg.Client, work: (user: string) => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select session_user as name');
  const user = rows[0]?.name ?? '';
  await client.query('reset session authorization');
  try {
    await work(user);
  } finally {
    await client.query(`set session authorization ${quoted(user)}`).catch(() => undefined);
  }
}
