import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redshiftData, type RedshiftData } from '../support/redshift-data.js';

const folder = join(import.meta.dirname, 'go');
const driver = 'github.com/mashiike/redshift-data-sql-driver';
const go = ['/usr/local/go/bin/go', '/usr/bin/go'].find((path) => existsSync(path)) ?? '/usr/bin/go';
const hasGo = existsSync(go);
let data: RedshiftData;

beforeAll(async () => {
  if (hasGo) data = await redshiftData();
});
afterAll(() => data?.close());

function goTest(pkg: string): Promise<{ code: number | null; output: string }> {
  const { s3 } = data.stack;
  // the places of Go's caches, and what says where its modules come from
  const own = Object.entries(process.env).filter(([name]) => /^(PATH|HOME|GO\w*|XDG_\w+|SSL_CERT_\w+)$/.test(name));
  const child = spawn(go, ['test', '-count=1', '-v', pkg], {
    cwd: folder,
    env: {
      ...Object.fromEntries(own),
      AWS_ENDPOINT_URL_REDSHIFT_DATA: data.server.url,
      AWS_REGION: s3.region,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      NO_PROXY: '127.0.0.1',
      TEST_WORKGROUP_NAME: 'local',
      TEST_DATABASE: 'postgres',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += String(text)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

test.skipIf(!hasGo).each([
  ['its own tests', driver, 'TestOrdinalParameterQuery'],
  ['a program that uses it', '.', 'TestTransaction'],
])(`mashiike's Go driver: %s (skipped without ${go})`, async (_, pkg, one) => {
  const { code, output } = await goTest(pkg);
  expect(code, output).toBe(0);
  expect(output).toContain(`--- PASS: ${one}`);
  expect(output).not.toContain('--- SKIP');
});
