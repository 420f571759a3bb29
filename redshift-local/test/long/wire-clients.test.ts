import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { pythonVenv } from '../../../local/setup/python-venv.mjs';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

const root = join(import.meta.dirname, '../../..');
const folder = join(import.meta.dirname, 'wire-clients');
/** of Maven Central; pgjdbc in a version that BI tools have, for later ones say words that Redshift does not know */
const drivers = {
  redshift: {
    path: 'com/amazon/redshift/redshift-jdbc42/2.3.0/redshift-jdbc42-2.3.0.jar',
    sha256: '133009e292b583654c45e37bce15947d4e17a60a5804f730cb8abd22320b4295',
  },
  postgresql: {
    path: 'org/postgresql/postgresql/42.6.2/postgresql-42.6.2.jar',
    sha256: '82629754f309c0b571d1d40ba74fb053855f863752a46ca307c7b3e5860c4b2e',
  },
};
const hasJava = spawnSync('java', ['-version']).status === 0;
let wire: RedshiftWire;
let python: string;

beforeAll(async () => {
  python = await pythonVenv('wire', process.env);
  wire = await redshiftWire(inject('stack').tools.rclone);
  const client = await wire.connect();
  await client.query("create user anna password 'Secret123'; grant create on database postgres to anna");
}, 900_000);
afterAll(() => wire?.close());

/** unmodified, with what every user gives them only: an address, a user and a password */
function run(command: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], PORT: String(wire.place.port), NO_PROXY: '127.0.0.1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += String(text)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

test.each(readdirSync(folder).filter((file) => file.endsWith('.py')))('%s', async (file) => {
  const { code, output } = await run(python, [join(folder, file)]);
  expect(code, output).toBe(0);
});

test('sqlalchemy_client.py on SQLAlchemy 1.4', async () => {
  const client = await wire.connect();
  await client.query(
    'drop table if exists public.orders cascade; drop table if exists public.details; drop table if exists public.lines',
  );
  const older = await pythonVenv('sqlalchemy14', process.env);
  const { code, output } = await run(older, [join(folder, 'sqlalchemy_client.py')]);
  expect(code, output).toBe(0);
});

test.skipIf(!hasJava).each([
  ['Jdbc.java', 'redshift'],
  ['JdbcMetadata.java', 'redshift'],
  ['JdbcMetadata.java', 'postgresql'],
] as const)('%s by the driver %s', async (program, name) => {
  const { code, output } = await run('java', ['-cp', await driverFile(name), join(folder, program), name]);
  expect(code, output).toBe(0);
});

async function driverFile(name: keyof typeof drivers): Promise<string> {
  const { path, sha256 } = drivers[name];
  const file = join(root, '.waterclock', basename(path));
  if (existsSync(file)) return file;
  const body = Buffer.from(await (await fetch(`https://repo1.maven.org/maven2/${path}`)).arrayBuffer());
  expect(createHash('sha256').update(body).digest('hex')).toBe(sha256);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, body);
  return file;
}
