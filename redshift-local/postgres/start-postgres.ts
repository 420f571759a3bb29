import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { initializeCluster, PostgresFailure, postgresHome } from './postgres-home.js';
import { postgresSettings } from './postgres-settings.js';

export interface EmbeddedPostgres {
  host: string;
  port: number;
  user: string;
  password: string;
  /** settles when the process ends, however it ends */
  ended: Promise<void>;
  stop(): Promise<void>;
}

const patience = 60_000;

/** PostgreSQL over the folder `state`, which it makes, on a free port; `password`: of its administrator, kept by the first start */
export async function startPostgres(
  state: string,
  { user, password }: { user: string; password: string },
  environment: Record<string, string>,
): Promise<EmbeddedPostgres> {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const home = await postgresHome(state, state);
  await initializeCluster(home, { user, password }, environment);
  const [command, ...prefixed] = [...(home.prefix ?? []), join(home.binaries, 'bin', 'postgres')];
  const port = await freePort();
  const settings = Object.entries(postgresSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(command, [...prefixed, '-D', home.data, '-p', String(port), ...settings], {
    cwd: home.data,
    env: { ...environment, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C reaches the one who started it, who stops it in its turn
    detached: true,
    ...home.user,
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    if (said.length > 50) said.shift();
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('error', (error) => said.push(error.message));
  const server = { host: '127.0.0.1', port, user, password };
  await answers(server, child, said);
  return {
    ...server,
    ended,
    async stop() {
      // the fast shutdown; SIGTERM would wait for every client
      child.kill('SIGINT');
      await ended;
    },
  };
}

async function answers(server: pg.ClientConfig, child: ChildProcess, said: string[]): Promise<void> {
  for (const until = Date.now() + patience; ;) {
    const client = new pg.Client({ ...server, database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (child.exitCode !== null || child.pid === undefined || Date.now() > until) {
        throw new PostgresFailure(
          `postgres did not start: ${said.join('').trim().split('\n').at(-1) ?? String(error)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
