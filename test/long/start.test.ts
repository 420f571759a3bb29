import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, cloneProgram, type Clone, runProgram } from '../support/clone.js';
import { npmStart, resultsOf } from '../support/npm-start.js';

let clone: Clone;
beforeAll(() => {
  clone = cloneProgram();
});
afterAll(() => clone.remove());

test('another project, of one new pipeline: its own rows, and a state of its own', async () => {
  const project = join(clone.root, 'other');
  mkdirSync(project);
  writeFileSync(
    join(project, 'waterclock.config.ts'),
    "import { defineProject } from 'waterclock';\n\nexport default defineProject({ pipelines: [] });\n",
  );
  const made = runProgram('npx', ['waterclock', 'new', 'orders', '--project', project], clone.root, cleanEnvironment());
  expect(await made.ended, made.output()).toBe(0);
  const output = await npmStart(clone.root, '--project', 'other');
  expect(output).toContain('main job   orders 2/2 (simulated)');
  expect(resultsOf(output, 'orders ')).toEqual(['orders (simulated)', '2', '4', '3', '0', '0', '3']);
});
