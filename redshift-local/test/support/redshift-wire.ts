import pg from 'pg';
import { startRedshiftData, type RedshiftDataOptions } from '../../server.js';
import { redshiftDataStack } from './redshift-data-stack.js';

/** a local Redshift of a test file's own, asked over PostgreSQL's protocol */
export async function redshiftWire(rclone: string, options: Partial<RedshiftDataOptions> = {}) {
  const stack = await redshiftDataStack(rclone);
  const server = await startRedshiftData({ postgres: stack.postgres, s3: stack.s3, wire: {}, ...options });
  const open = new Set<pg.Client>();
  const place = {
    host: '127.0.0.1',
    port: server.wirePort ?? 0,
    database: 'postgres',
    user: stack.postgres.user,
    password: stack.postgres.password,
  };

  async function connect(more: pg.ClientConfig = {}): Promise<pg.Client> {
    const client = new pg.Client({ ...place, ...more });
    client.on('error', () => undefined);
    await client.connect();
    open.add(client);
    return client;
  }

  return {
    stack,
    server,
    place,
    connect,
    async close(): Promise<void> {
      await Promise.all([...open].map((client) => client.end().catch(() => undefined)));
      await server.close();
      await stack.close();
    },
  };
}

export type RedshiftWire = Awaited<ReturnType<typeof redshiftWire>>;
