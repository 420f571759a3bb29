import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

/** a warehouse as `waterclock setup` leaves it, which files of tests copy: no connection may be left to it */
export const template = 'tests_template';

export async function makeTemplate(program: string, environment: Record<string, string | undefined>): Promise<void> {
  const { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password } = environment;
  const client = new pg.Client({ host, port: Number(port), user, password, database: 'postgres' });
  await client.connect();
  try {
    await client.query(`create database ${template} template template0`);
    const own = { ...environment, WATERCLOCK_REDSHIFT_DATABASE: template, PGDATABASE: template };
    await promisify(execFile)(process.execPath, ['--no-warnings', join(program, 'starter/bin.mjs'), 'setup'], {
      env: own,
    });
    await client.query(`alter database ${template} allow_connections false`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [template]);
  } finally {
    await client.end();
  }
}

/** what a copy lacks: rights on a database belong to it alone */
export const rightsOfCopy = (database: string) => `grant create on database ${database} to loader, transformer`;
