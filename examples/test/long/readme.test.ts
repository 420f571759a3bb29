import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, cloneProgram, runProgram, type Clone } from '../../../test/support/clone.js';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map((match) => (match[1] ?? '').trim().split('\n'));

let clone: Clone;
beforeAll(() => {
  clone = cloneProgram();
});
afterAll(() => clone.remove());

async function type(line: string): Promise<string> {
  const program = runProgram('sh', ['-c', line], clone.root, cleanEnvironment());
  expect(await program.ended, `${line}\n${program.output()}`).toBe(0);
  return program.output();
}

test('the commands of the README do what it says, in order', { timeout: 900_000 }, async () => {
  const [first, second, ...more] = blocks;
  expect(more).toEqual([]);
  expect(first).toEqual(['npm start -- --exit', 'npm test']);
  // `npm test` is what runs this
  expect(await type('npm start -- --exit')).toContain('earthquakes 169/169');

  const stack = runProgram('npm', ['start'], clone.root, cleanEnvironment());
  try {
    await expect.poll(() => stack.output(), { timeout: 120_000, interval: 500 }).toContain('Ctrl-C stops everything');
    for (const line of second ?? []) await type(line);
  } finally {
    stack.child.kill('SIGTERM');
    await stack.ended;
  }
});
