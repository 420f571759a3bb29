import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../../local/ports.js';
import { removePostgresData } from '../../postgres/postgres-home.js';
import { startPostgres } from '../../postgres/start-postgres.js';

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.end());
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}`);
}

/** a PostgreSQL and an S3 of this test file's own, to start, kill and disconnect servers on */
export async function redshiftDataStack(rclone: string) {
  const folder = mkdtempSync('/var/tmp/wc-rd-');
  const bucket = join(folder, 's3', 'lake');
  mkdirSync(bucket, { recursive: true });
  const postgres = await startPostgres(
    join(folder, 'postgres'),
    { user: 'postgres', password: 'local' },
    {
      PATH: process.env['PATH'] ?? '',
    },
  );
  const s3Port = await freePort();
  const child = spawn(
    rclone,
    ['serve', 's3', '--auth-key', 'local,localsecret', '--addr', `127.0.0.1:${s3Port}`, join(folder, 's3')],
    { stdio: 'ignore' },
  );
  async function close(): Promise<void> {
    child.kill('SIGINT');
    if (child.exitCode === null && child.pid !== undefined) await once(child, 'exit');
    await postgres.stop();
    removePostgresData(join(folder, 'postgres'), join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    await listening(s3Port);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    bucket,
    postgres: { host: postgres.host, port: postgres.port, user: postgres.user, password: postgres.password },
    s3: {
      endpoint: `http://127.0.0.1:${s3Port}`,
      region: 'us-east-1',
      accessKeyId: 'local',
      secretAccessKey: 'localsecret',
    },
    close,
  };
}
