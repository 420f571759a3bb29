import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import project from '../../project/waterclock.config.js';
import { dbtFolder, findProject, openProject } from '../../../define/open-project.js';
import type { BuildOptions } from '../../../define/builds.js';
import { defineProject } from '../../../define/project.js';
import type { Pipeline } from '../../../define/pipeline.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

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
  expect(() => findProject(join(folder, 'c'))).toThrow('names gone, which has no waterclock.config.ts');
  write('d/waterclock.config.mjs', 'export const pipelines = [];');
  await expect(openProject(findProject(join(folder, 'd')).config)).rejects.toThrow(
    'must say: export default defineProject({ pipelines: [...] })',
  );
});

const builds = [
  { name: 'daily', every: '1 day', offset: '2 hours', select: 'tag:daily', owner: 'data-platform' },
  { name: 'nightly', cron: '30 4 * * *', timezone: 'Europe/Madrid', select: '+orders', fullRefresh: true },
];

test('a build of dbt on a schedule has a grid like a pipeline, and alerts to the log', () => {
  expect(defineProject({ pipelines: [], builds }).builds).toEqual([
    {
      name: 'build:daily',
      select: 'tag:daily',
      grid: { every: 86_400_000, offset: 7_200_000 },
      fullRefresh: false,
      audience: { alerts: { failed: ['log'] }, owner: 'data-platform' },
    },
    {
      name: 'build:nightly',
      select: '+orders',
      grid: { cron: '30 4 * * *', timezone: 'Europe/Madrid', offset: 0 },
      fullRefresh: true,
      audience: { alerts: { failed: ['log'] } },
    },
  ]);
});

test('everything that is wrong with builds is said at once', () => {
  const [pipeline] = project.pipelines;
  const wrong = [
    ...builds,
    { ...builds[0], name: pipeline?.name ?? '' },
    { name: 'Daily', every: '1 week', select: ' ', alerts: { late: ['pager'] } },
    { name: 'daily', every: '1 hour', cron: '0 * * * *', offset: '1 hour', select: '-x', timezone: 'Mars' },
  ];
  const tried = () =>
    defineProject({ pipelines: pipeline ? [pipeline] : [], builds: wrong as unknown as BuildOptions[] });
  for (const problem of [
    'two builds share the name daily',
    `build ${pipeline?.name}: a pipeline has its name: choose another`,
    "build Daily: its name must be lower snake_case, as in 'daily'",
    "build Daily: ' ' is not a dbt selection, one is for example 'tag:daily'",
    'build Daily: alerts names late, a build has only failed',
    'build Daily: alerts.late names pager, the channels are log, webhook, slack, sns, email',
    "build Daily: a duration is written like '5 minutes' or '1 day', got '1 week'",
    "build daily: it has either every: '1 day' or a cron expression",
    "build daily: '-x' is not a dbt selection",
    'Mars',
  ]) {
    expect(tried).toThrow(problem);
  }
});

test('a build whose offset is as long as its schedule would leave every second time out', () => {
  const late = [{ name: 'hourly', every: '1 hour', offset: '1 hour', select: 'tag:x' }];
  expect(() => defineProject({ pipelines: [], builds: late })).toThrow(
    "build hourly: its offset of '1 hour' must be shorter than its '1 hour': a build that waits leaves out the next",
  );
});

test('pipelines whose runs would wait for each other are all named', () => {
  const [a, b, c, d] = [
    ['a', 'c'],
    ['b', 'a'],
    ['c', 'b'],
    ['d', 'a'],
  ].map(([name = '', after = '']) => tinyPipeline({ name, after: [after] })) as [
    Pipeline,
    Pipeline,
    Pipeline,
    Pipeline,
  ];
  expect(() => defineProject({ pipelines: [a, b, c, d] })).toThrow(
    /runs of a would wait for themselves: its `after` leads back to it; runs of b .*; runs of c /,
  );
  expect(() => defineProject({ pipelines: [{ ...a, policy: { ...a.policy, after: [] } }, b, c, d] })).not.toThrow();
  expect(() => defineProject({ pipelines: [tinyPipeline({ name: 'e', after: ['e'] })] })).toThrow(/runs of e/);
});
