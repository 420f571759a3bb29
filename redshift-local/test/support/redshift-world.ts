import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startRedshiftData, type RedshiftDataOptions } from '../../server.js';
import { redshiftDataStack } from './redshift-data-stack.js';

export const role = `IAM_ROLE 'arn:aws:iam::123456789012:role/copy'`;

/** a local Redshift of a test file's own, asked through the real client */
export async function redshiftWorld(rclone: string, options: Partial<RedshiftDataOptions> = {}) {
  const stack = await redshiftDataStack(rclone);
  const server = await startRedshiftData({ postgres: stack.postgres, s3: stack.s3, ...options });
  const { endpoint, region, ...credentials } = stack.s3;
  const client = new RedshiftDataClient({ endpoint: server.url, region, credentials, maxAttempts: 1 });
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const place = { WorkgroupName: 'local', Database: 'postgres' };

  /** `session`: of the statement, as the API takes it; where it names one, that is where it runs */
  async function run(sql: string | string[], session: { SessionId?: string; SessionKeepAliveSeconds?: number } = {}) {
    const where = { ...(session.SessionId ? {} : place), ...session };
    const { Id } =
      typeof sql === 'string'
        ? await client.send(new ExecuteStatementCommand({ ...where, Sql: sql }))
        : await client.send(new BatchExecuteStatementCommand({ ...where, Sqls: sql }));
    return client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
  }

  /** the statement's description; a statement that fails is an error */
  async function ok(sql: string | string[], session?: Parameters<typeof run>[1]) {
    const done = await run(sql, session);
    if (done.Status !== 'FINISHED') throw new Error(`${String(sql)}: ${done.Error ?? done.Status}`);
    return done;
  }

  return {
    stack,
    run,
    ok,
    error: async (sql: string | string[]) => (await run(sql)).Error ?? '',
    async rows(sql: string, session?: Parameters<typeof run>[1]): Promise<unknown[][]> {
      const { Id } = await ok(sql, session);
      const { Records = [] } = await client.send(new GetStatementResultCommand({ Id }));
      return Records.map((record) => record.map((field) => (field.isNull ? null : Object.values(field)[0])));
    },
    async result(Id: string): Promise<unknown[][]> {
      const { Records = [] } = await client.send(new GetStatementResultCommand({ Id }));
      return Records.map((record) => record.map((field) => (field.isNull ? null : Object.values(field)[0])));
    },
    put: (Key: string, Body: string | Uint8Array) =>
      s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: Buffer.from(Body) })),
    async bytes(Key: string): Promise<Uint8Array> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    async keys(Prefix: string): Promise<string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix }));
      return Contents.map(({ Key = '' }) => Key).sort();
    },
    async close() {
      client.destroy();
      s3.destroy();
      await server.close();
      await stack.close();
    },
  };
}

export type RedshiftWorld = Awaited<ReturnType<typeof redshiftWorld>>;
