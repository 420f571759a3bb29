import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, cloneProgram, runProgram, type Clone } from '../support/clone.js';
import { npmStart, resultsOf } from '../support/npm-start.js';

const shipped = resolve(import.meta.dirname, '../../examples');
const samples = readdirSync(join(shipped, 'pipelines')).sort();

let clone: Clone;
let project: string;
beforeAll(() => {
  clone = cloneProgram();
  project = join(clone.root, 'examples');
});
afterAll(() => clone?.remove());

/** the project that ships without some of its samples, as a person deletes them */
function without(deleted: string[]): void {
  rmSync(project, { recursive: true });
  cpSync(shipped, project, { recursive: true });
  const levels = ['test', 'test/long', 'test/release'];
  for (const name of deleted) {
    const folders = [`pipelines/${name}`, `dbt/models/staging/${name}`, `dbt/models/marts/${name}`];
    for (const folder of folders) rmSync(join(project, folder), { recursive: true, force: true });
    for (const level of levels) rmSync(join(project, level, `${name}.test.ts`), { force: true });
  }
  const left = samples.filter((name) => !deleted.includes(name));
  const imports = left.map((name) => `import { ${name}Pipeline } from './pipelines/${name}/definition.js';\n`).join('');
  const pipelines = left.map((name) => `${name}Pipeline`).join(', ');
  writeFileSync(
    join(project, 'waterclock.config.ts'),
    `import { defineProject } from 'waterclock';\n${imports}\nexport default defineProject({ pipelines: [${pipelines}] });\n`,
  );
  const dbt = join(project, 'dbt/dbt_project.yml');
  const tags = new RegExp(`^ +(${deleted.join('|')}): .*\n`, 'gm');
  writeFileSync(dbt, readFileSync(dbt, 'utf8').replace(tags, ''));
}

async function passes(...words: string[]): Promise<string> {
  const program = runProgram(process.execPath, words, clone.root, cleanEnvironment());
  const code = await program.ended;
  expect({ code, output: code === 0 ? '' : program.output() }).toEqual({ code: 0, output: '' });
  return program.output();
}
const waterclock = (...words: string[]) => passes('starter/bin.mjs', ...words);
const unitTests = (...files: string[]) =>
  passes('node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...files);

test.each(samples)('without %s the definitions are right and the project passes its tests', async (name) => {
  without([name]);
  expect(await waterclock('pipelines', '--check')).toContain(`${samples.length - 1} definitions are right`);
  await unitTests('examples/test');
});

test('with one new pipeline instead of all samples, everything compiles, passes its tests and starts', async () => {
  without(samples);
  await waterclock('new', 'orders');
  expect(await waterclock('pipelines', '--check')).toContain('1 definition is right');
  expect(existsSync(join(project, 'test/orders.test.ts'))).toBe(true);
  await passes('node_modules/typescript/bin/tsc');
  await unitTests();
  const output = await npmStart(clone.root);
  expect(output).toContain('main job   orders 2/2 (simulated)');
  expect(resultsOf(output, 'orders ')?.slice(1, 4)).toEqual(['2', '4', '3']);
});
