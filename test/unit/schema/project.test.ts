import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import project from '../../../examples/waterclock.config.js';
import { dbtFolder, findProject, openProject } from '../../../schema/open-project.js';
import { defineProject } from '../../../schema/project.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'waterclock-project-')));
afterAll(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), text);
}

test('two pipelines of one name are refused, by their name', () => {
  expect(() => defineProject({ pipelines: [...project.pipelines, ...project.pipelines.slice(0, 1)] })).toThrow(
    `the project: two pipelines share the name ${project.pipelines[0]?.name}`,
  );
});

test('a project is the nearest waterclock.config.ts upwards, or the one that a package names', async () => {
  write('a/package.json', '{ "name": "a", "waterclock": { "project": "./inner" } }');
  write('a/inner/waterclock.config.mjs', "export default { pipelines: [], dbt: './models' };");
  write('a/inner/pipelines/x/definition.ts', '');
  write('a/elsewhere/file', '');
  const inner = join(folder, 'a/inner');
  for (const from of ['a/inner/pipelines/x', 'a/inner', 'a', 'a/elsewhere'])
    expect(findProject(join(folder, from)).folder).toBe(inner);
  const place = findProject(inner);
  expect(dbtFolder(place, await openProject(place.config))).toBe(join(inner, 'models'));
});

test('a folder without a project, a package that names a wrong one and a config without pipelines are told', async () => {
  write('b/file', '');
  expect(() => findProject(join(folder, 'b'))).toThrow(`there is no waterclock.config.ts in ${folder}/b or above it`);
  write('c/package.json', '{ "waterclock": { "project": "gone" } }');
  expect(() => findProject(join(folder, 'c'))).toThrow('names gone, where there is no waterclock.config.ts');
  write('d/waterclock.config.mjs', 'export const pipelines = [];');
  await expect(openProject(findProject(join(folder, 'd')).config)).rejects.toThrow(
    'must say: export default defineProject({ pipelines: [...] })',
  );
});
