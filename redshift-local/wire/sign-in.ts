import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import type { Postgres } from '../postgres.js';

const verifier = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/;

/** whether a password is the one that PostgreSQL keeps a SCRAM or MD5 verifier of */
export function fits(user: string, password: string, kept: string): boolean {
  const [, rounds, salt = '', stored = ''] = verifier.exec(kept) ?? [];
  if (rounds) {
    const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256');
    const key = createHmac('sha256', salted).update('Client Key').digest();
    return isEqual(createHash('sha256').update(key).digest(), Buffer.from(stored, 'base64'));
  }
  const hashed = `md5${createHash('md5').update(`${password}${user}`).digest('hex')}`;
  return kept.startsWith('md5') && same(hashed, kept);
}

const isEqual = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other);
export const same = (one: string, other: string) => isEqual(Buffer.from(one), Buffer.from(other));

/** users of the database sign in with the password of CREATE USER; one whose password is disabled does not */
export async function mayEnter(postgres: Postgres, user: string, password: string): Promise<boolean> {
  const client = await postgres.connect('postgres', 'sign-in');
  try {
    const { rows } = await client.query<{ kept: string }>(
      `select rolpassword as kept from pg_authid where rolname = $1 and rolcanlogin and rolpassword is not null
       and (rolvaliduntil is null or rolvaliduntil > now())`,
      [user],
    );
    return rows.some(({ kept }) => fits(user, password, kept));
  } finally {
    await client.end();
  }
}
