import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { namespaceScript } from '../../infra/temporal/namespace-script.js';
import { schemaScript } from '../../infra/temporal/schema-script.js';

// the deployment waits for the end of these tasks, whatever the server does

type Said = { stdout: string; stderr: string; code?: number };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wc-one-off-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** programs of the image, in place of its own: each notes its arguments and does what `body` says */
async function run(script: string, programs: Record<string, string>): Promise<Said & { asked: string[] }> {
  const notes = join(folder, 'asked');
  writeFileSync(notes, '');
  for (const [name, body] of Object.entries({ sleep: '', ...programs })) {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${name === 'sleep' ? '' : `echo "$*" >> '${notes}'`}\n${body}\n`);
    chmodSync(file, 0o755);
  }
  const said = await promisify(execFile)('/bin/sh', ['-c', script], {
    env: { PATH: `${folder}:/usr/bin:/bin` },
  }).catch((failed: Said) => failed);
  return { ...said, asked: readFileSync(notes, 'utf8').trim().split('\n') };
}

test('a namespace is made on a server that answers after a while', async () => {
  const counter = join(folder, 'count');
  const { code, asked } = await run(namespaceScript('waterclock'), {
    temporal: `case "$*" in *health*) echo x >> ${counter}; [ "$(wc -l < ${counter})" -gt 3 ];; *describe*) exit 1;; esac`,
  });
  expect(code).toBeUndefined();
  expect(asked.filter((words) => words.includes('health'))).toHaveLength(4);
  expect(asked).toContainEqual('operator namespace create --namespace waterclock --retention 30d');
  expect(asked.at(-1)).toContain('search-attribute create');
});

test.each([
  ['never answers', 'exit 1', 'gave up after 60 tries: Temporal does not answer'],
  [
    'refuses the search attributes',
    'case "$*" in *search-attribute*) exit 1;; esac',
    'gave up after 60 tries: Temporal does not take the search attributes',
  ],
])('the task ends on a server that %s, and says why', async (_, temporal, says) => {
  const { code, stderr } = await run(namespaceScript('waterclock'), { temporal });
  expect(code).toBe(1);
  expect(stderr).toContain(says);
});

test('the schema is brought up to date where it is there already', async () => {
  const { code, asked } = await run(schemaScript, {
    'temporal-sql-tool': 'case "$*" in *setup-schema*) exit 1;; esac',
  });
  expect(code).toBeUndefined();
  expect(asked.filter((words) => words.includes('update-schema'))).toHaveLength(2);
});

test('a schema that cannot be brought up to date fails the deployment', async () => {
  const { code } = await run(schemaScript, { 'temporal-sql-tool': 'case "$*" in *update-schema*) exit 3;; esac' });
  expect(code).toBe(3);
});
