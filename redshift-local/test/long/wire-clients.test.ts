import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { pythonVenv } from '../../../local/setup/python-venv.mjs';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

const root = join(import.meta.dirname, '../../..');
const folder = join(import.meta.dirname, 'wire-clients');
const driver = {
  url: 'https://repo1.maven.org/maven2/com/amazon/redshift/redshift-jdbc42/2.3.0/redshift-jdbc42-2.3.0.jar',
  sha256: '133009e292b583654c45e37bce15947d4e17a60a5804f730cb8abd22320b4295',
  file: join(root, '.waterclock', 'redshift-jdbc42-2.3.0.jar'),
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

test.skipIf(!hasJava)("AWS's JDBC driver", async () => {
  await fetchDriver();
  const { code, output } = await run('java', ['-cp', driver.file, join(folder, 'Jdbc.java')]);
  expect(code, output).toBe(0);
});

async function fetchDriver(): Promise<void> {
  if (existsSync(driver.file)) return;
  const body = Buffer.from(await (await fetch(driver.url)).arrayBuffer());
  expect(createHash('sha256').update(body).digest('hex')).toBe(driver.sha256);
  writeFileSync(driver.file, body);
}
