import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { pythonVenv } from '../../../local/setup/python-venv.mjs';
import { dbtRedshiftTests } from '../support/dbt-redshift-tests.js';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const leftOut = parse(readFileSync(join(import.meta.dirname, 'dbt-redshift.yaml'), 'utf8')) as { test: string }[];
let wire: RedshiftWire;
let python: string;
let home: string;
let certificate: string;

beforeAll(async () => {
  if (!hasOpenssl) return;
  python = await pythonVenv('dbt-tests', process.env);
  home = mkdtempSync(join(tmpdir(), 'dbt-redshift-'));
  const key = join(home, 'key.pem');
  certificate = join(home, 'certificate.pem');
  const names = ['-subj', '/CN=localhost', '-days', '1', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...names], { stdio: 'ignore' });
  const tls = { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
  wire = await redshiftWire(inject('stack').tools.rclone, { wire: { tls } });
  const client = await wire.connect();
  for (const at of [1, 2, 3]) await client.query(`create user dbt_test_user_${at} password 'Secret123'`);
  await client.query('create group dbt_test_group_1');
}, 900_000);
afterAll(async () => {
  await wire?.close();
  if (home) rmSync(home, { recursive: true, force: true });
});

/** where and as whom, by the names that the tests read; the connector signs in by TLS alone, and trusts what OpenSSL trusts */
const environment = () => ({
  PATH: `${dirname(python)}:${process.env['PATH']}`,
  HOME: home,
  NO_PROXY: '127.0.0.1',
  SSL_CERT_FILE: certificate,
  REDSHIFT_TEST_HOST: wire.place.host,
  REDSHIFT_TEST_PORT: String(wire.place.port),
  REDSHIFT_TEST_DBNAME: wire.place.database,
  REDSHIFT_TEST_USER: wire.place.user,
  REDSHIFT_TEST_PASS: wire.place.password,
  REDSHIFT_TEST_REGION: 'us-east-1',
  ...Object.fromEntries([1, 2, 3].map((at) => [`DBT_TEST_USER_${at}`, `dbt_test_user_${at}`])),
  DBT_TEST_GROUP_1: 'dbt_test_group_1',
  DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
});

test.skipIf(!hasOpenssl)("dbt-redshift's own functional tests", { timeout: 5_400_000 }, async ({ skip }) => {
  const cache = join(import.meta.dirname, '../../../.waterclock/dbt-redshift-1.11.1');
  const tests = dbtRedshiftTests(python, cache, process.env);
  if (!tests) return skip('the source of dbt-redshift cannot be had: name it by WATERCLOCK_DBT_REDSHIFT_TESTS');
  const without = leftOut.flatMap(({ test: name }) => ['--deselect', name]);
  const how = [
    '-p',
    'no:cacheprovider',
    '-n',
    String(availableParallelism()),
    '-q',
    '--tb=short',
    '-rs',
    '-W',
    'ignore',
  ];
  const child = spawn(python, ['-m', 'pytest', 'tests/functional', '--color=no', ...how, ...without], {
    cwd: tests,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  const told = output.slice(-20_000);
  expect(code, told).toBe(0);
  // what the suite skips by itself has its reason in the output
  expect(Number(/(\d+) passed/.exec(told)?.[1])).toBeGreaterThan(200);
  process.stdout.write(`${told.slice(told.indexOf('short test summary'))}\n`);
});
