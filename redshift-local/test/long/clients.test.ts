import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonVenv } from '../../../local/setup/python-venv.mjs';
import { redshiftData, type RedshiftData } from '../support/redshift-data.js';

const folder = join(import.meta.dirname, 'clients');
let data: RedshiftData;
let python: string;
let home: string;

beforeAll(async () => {
  python = await pythonVenv('clients', process.env);
  data = await redshiftData();
  home = mkdtempSync(join(tmpdir(), 'clients-'));
  const admin = new pg.Client({ ...data.stack.postgres, database: 'postgres' });
  await admin.connect();
  await admin.query('create database default_db');
  await admin.end();
  // whom the clients name
  await data.ok('create user anna password disable');
}, 900_000);
afterAll(async () => {
  await data?.close();
  if (home) rmSync(home, { recursive: true });
});

/** unmodified, told by the standard variables only where the services are */
function run(command: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const { s3 } = data.stack;
  const child = spawn(command, args, {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      AIRFLOW_HOME: home,
      AWS: join(dirname(python), 'aws'),
      AWS_ENDPOINT_URL_REDSHIFT_DATA: data.server.url,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_REGION: s3.region,
      AWS_DEFAULT_REGION: s3.region,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      NO_PROXY: '127.0.0.1',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += String(text)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

test.each(readdirSync(folder))('%s', async (file) => {
  const { code, output } = await run(file.endsWith('.sh') ? 'sh' : python, [join(folder, file)]);
  expect(code, output).toBe(0);
});
