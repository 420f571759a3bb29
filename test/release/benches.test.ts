import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cleanEnvironment } from '../support/clone.js';

// their figures are read by eye and not here, but each must still measure; with the least that it can be given

test.each([
  ['bench:load', '--rows', '2000', '--runs', '1'],
  ['bench:copy', '--rows', '2000', '--runs', '1'],
  ['bench:data', '--set', 'a', '--share', '0.002', '--only', 'one thread'],
  ['bench:orchestration', '--runs', '1', '--many', '2'],
  ['bench:watch', '--hourly', '2', '--often', '1', '--looks', '1'],
  ['bench:statements'],
  ['bench:dbt', '--builds', '1'],
  ['bench:run', '--runs', '1', '--hours', '2'],
])('%s measures', async (name, ...words) => {
  const options = { env: cleanEnvironment(), maxBuffer: 64 * 1024 * 1024 };
  const { code, stdout, stderr } = await promisify(execFile)(
    'npm',
    ['run', '--silent', name, '--', ...words, '--json'],
    options,
  ).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  // 1: a target was missed, as it is with so little
  expect([0, 1], stderr.slice(-3_000)).toContain(code);
  expect(() => JSON.parse(stdout) as unknown, stdout + stderr.slice(-3_000)).not.toThrow();
});
