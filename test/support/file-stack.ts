import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import { inject } from 'vitest';
import { rightsOfCopy, template } from '../../local/test-stack/template.js';
import './provided.js';

export interface FileStack {
  /** the product's settings: this file's database, lake bucket and task queue on the shared services */
  environment: Record<string, string>;
  database: string;
  bucket: string;
  taskQueue: string;
  close(): Promise<void>;
}

/** a test file's own part of the stack; the bucket stays until the stack's state is removed. `isSetUp`: its warehouse is as `waterclock setup` leaves it */
export async function fileStack({ isSetUp = false } = {}): Promise<FileStack> {
  const stack = inject('stack');
  const name = `test-${randomBytes(5).toString('hex')}`;
  const database = name.replace('-', '_');
  // dbt's parse is kept there: it holds for one database, and files of tests would spoil each other's
  const temporary = join(stack.state, 'tmp', name);
  mkdirSync(temporary, { recursive: true });
  const connection = {
    host: '127.0.0.1',
    port: stack.ports.postgres,
    user: 'waterclock',
    password: stack.credentials.postgresPassword,
    database: 'postgres',
  };
  await query(connection, `create database ${database} template ${isSetUp ? template : 'template0'}`);
  if (isSetUp) await query(connection, rightsOfCopy(database));
  const { accessKeyId, secretAccessKey } = stack.credentials;
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${stack.ports.s3}`,
    region: stack.environment['AWS_REGION'] ?? 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  s3.destroy();
  return {
    environment: {
      ...stack.environment,
      WATERCLOCK_REDSHIFT_DATABASE: database,
      PGDATABASE: database,
      WATERCLOCK_LAKE_BUCKET: name,
      WATERCLOCK_TASK_QUEUE: name,
      TMPDIR: temporary,
    },
    database,
    bucket: name,
    taskQueue: name,
    close: () => query(connection, `drop database if exists ${database} with (force)`),
  };
}

async function query(connection: pg.ClientConfig, sql: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
