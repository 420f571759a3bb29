import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { pythonVenv } from '../../../local/setup/python-venv.mjs';
import { dbtRedshiftTests } from '../support/dbt-redshift-tests.js';
import { contradictions, pytestOutcomes } from '../support/pytest-outcomes.js';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

const openssl = '/usr/bin/openssl';
const hasOpenssl = existsSync(openssl);
/** what the tests find in the cluster that they are run on; the database is one that a test fails to make */
const users = [1, 2, 3].map((at) => `dbt_test_user_${at}`);
const group = 'dbt_test_group_1';
const otherDatabase = 'db_for_test__do_delete_if_you_see_this';
const listed = parse(readFileSync(join(import.meta.dirname, 'dbt-redshift.yaml'), 'utf8')) as { test: string }[];
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
  execFileSync(openssl, ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...names], { stdio: 'ignore' });
  const tls = { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
  wire = await redshiftWire(inject('stack').tools.rclone, { wire: { tls } });
  const client = await wire.connect();
  for (const user of users) await client.query(`create user ${user} password 'Secret123'`);
  await client.query(`create group ${group}`);
  await client.query(`create database ${otherDatabase}`);
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
  PYTHONPATH: join(import.meta.dirname, '../support/pytest'),
  PYTEST_PLUGINS: 'quick_flags',
  SSL_CERT_FILE: certificate,
  REDSHIFT_TEST_HOST: wire.place.host,
  REDSHIFT_TEST_PORT: String(wire.place.port),
  REDSHIFT_TEST_DBNAME: wire.place.database,
  REDSHIFT_TEST_USER: wire.place.user,
  REDSHIFT_TEST_PASS: wire.place.password,
  REDSHIFT_TEST_REGION: 'us-east-1',
  ...Object.fromEntries(users.map((user, at) => [`DBT_TEST_USER_${at + 1}`, user])),
  DBT_TEST_GROUP_1: group,
  DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
});

const title = `dbt-redshift's own functional tests (skipped without ${openssl})`;
test.skipIf(!hasOpenssl)(title, { timeout: 5_400_000 }, async () => {
  const tests = dbtRedshiftTests(python, join(import.meta.dirname, '../../../.waterclock'), process.env);
  const workers = ['-p', 'no:cacheprovider', '-n', String(availableParallelism())];
  const shown = ['-q', '-rA', '--tb=short', '--color=no', '-W', 'ignore', '--show-capture=no'];
  const child = spawn(python, ['-m', 'pytest', 'tests/functional', ...workers, ...shown], {
    cwd: tests,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
  await once(child, 'close');
  const outcomes = pytestOutcomes(output);
  const names = listed.map(({ test: name }) => name);
  expect(contradictions(names, outcomes), output.slice(-20_000)).toEqual({
    failedUnlisted: [],
    passedThoughListed: [],
    listedButMissing: [],
  });
  // what the suite skips by itself has its reason in the output
  expect(outcomes.passed.length).toBeGreaterThan(200);
  process.stdout.write(`${output.trimEnd().split('\n').at(-1)}\n`);
});
