import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, cloneProgram, type Clone } from '../support/clone.js';

let clone: Clone;
beforeAll(() => {
  clone = cloneProgram();
});
afterAll(() => clone?.remove());

async function run(file: string, ...words: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: clone.root, env: cleanEnvironment() };
    execFile(process.execPath, [file, ...words], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}
const waterclock = (...words: string[]) => run('starter/bin.mjs', ...words);
const tool = (path: string, ...words: string[]) => run(join('node_modules', path), ...words);

test.each([
  ['Parking-Tickets', 'its name must be lower snake_case, for example parking_tickets'],
  ['marts', 'its name is that of a schema of the warehouse'],
  ['catalog', 'pipelines/catalog/definition.ts is there already'],
  ['../escape', 'its name must be lower snake_case, for example escape'],
])('new %s is refused', async (name, message) => {
  const { code, stderr } = await waterclock('new', name, '--project', 'test/project');
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test('a dry run writes nothing', async () => {
  const inTests = ['--project', 'test/project'];
  const { code, stdout } = await waterclock('new', 'parking_tickets', '--dry-run', '--json', ...inTests);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'dry run',
    files: expect.arrayContaining(['waterclock.config.ts']),
  });
  expect((await waterclock('pipelines', '--check', ...inTests)).stdout).toContain('3 definitions are right');
});

test(
  'a new pipeline passes its own test, the check, the formatter, the linter and the compiler',
  { timeout: 300_000 },
  async () => {
    expect(await waterclock('new', 'parking_tickets')).toMatchObject({ code: 0 });
    const own = ['examples/pipelines', 'examples/test', 'examples/waterclock.config.ts'];
    const check = await waterclock('pipelines', '--check', '--json');
    expect(JSON.parse(check.stdout)).toMatchObject({
      ok: true,
      pipelines: expect.arrayContaining(['parking_tickets']) as unknown,
    });
    expect((await waterclock('schema', 'parking_tickets')).stdout).toContain('updated_at');
    const results = [
      await tool('vitest/vitest.mjs', 'run', '--project', 'unit', 'examples/test/parking_tickets.test.ts'),
      await tool('prettier/bin/prettier.cjs', '--check', ...own),
      await tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', ...own),
      await tool('typescript/bin/tsc'),
    ];
    for (const { code, stdout, stderr } of results)
      expect({ code, told: code ? stdout + stderr : '' }).toEqual({ code: 0, told: '' });
  },
);

test('pipelines --check names every problem, not the first', async () => {
  const edit = (name: string, from: string, to: string) => {
    const file = join(clone.root, 'test/project/pipelines', name, 'definition.ts');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  };
  edit('catalog', "every: '1 day'", "every: 'a day'");
  edit('readings', "deadline: '30 minutes'", "deadline: 'soon', after: ['catalogs']");
  edit('minibuses', "deadline: '30 minutes'", "deadline: '30 minutes', after: ['catalogs']");
  const { code, stdout } = await waterclock('pipelines', '--check', '--json', '--project', 'test/project');
  const { ok, problems } = JSON.parse(stdout) as { ok: boolean; problems: { definition: string; problem: string }[] };
  expect({ code, ok }).toEqual({ code: 1, ok: false });
  expect(problems.map(({ definition, problem }) => `${definition}: ${problem}`)).toEqual([
    expect.stringMatching(/^catalog: .*got 'a day'/),
    expect.stringMatching(/^readings: .*got 'soon'/),
    expect.stringMatching(/^minibuses: pipeline minibuses: after names catalogs, which is not a pipeline/),
  ]);
});
