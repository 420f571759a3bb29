import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { defineProject, type Project } from '../../../define/project.js';
import { pipelinesCommand } from '../../../starter/commands/pipelines.js';
import { poolsCommand } from '../../../starter/commands/pools.js';
import type { Context } from '../../../control/context.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const pipelines = [tinyPipeline({ name: 'orders', pool: 'shop-api' }), tinyPipeline({ name: 'weather' })];

/** a command's context that knows the project alone */
function contextOf(project: () => Project) {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const terminal = { print: say, say, width: () => 200, paint: (_: string, text: string) => text };
  const context = { terminal, project: async () => project(), pipelines: async () => project().pipelines };
  return { said, context: context as unknown as Context };
}

test('`pipelines` shows the pool of each pipeline once one of them has a pool', async () => {
  const { said, context } = contextOf(() => defineProject({ pipelines, pools: { 'shop-api': 2 } }));
  await pipelinesCommand.run(context, {});
  await pipelinesCommand.run(context, { json: true });
  expect(said[0]).toMatch(/ pool /);
  expect(JSON.parse(said[1] ?? '')).toMatchObject([{ pool: 'shop-api' }, { pool: null }]);
  const without = contextOf(() => defineProject({ pipelines: pipelines.slice(1) }));
  await pipelinesCommand.run(without.context, {});
  expect(without.said[0]).not.toContain('pool');
});

test('`pipelines` shows builds of dbt below, and says as JSON what pipelines there are', async () => {
  const builds = [{ name: 'daily', every: '1 day', select: 'tag:daily', fullRefresh: true }];
  const { said, context } = contextOf(() => defineProject({ pipelines, builds, pools: { 'shop-api': 2 } }));
  await pipelinesCommand.run(context, {});
  expect(said.at(-1)).toMatch(/build:daily +every 1 day +\S+ +tag:daily, in full/);
  await pipelinesCommand.run(context, { json: true });
  expect(JSON.parse(said.at(-1) ?? '')).toHaveLength(2);
});

test('`pipelines --check` names a pool that the project lacks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-pools-'));
  const file = join(folder, 'waterclock.config.mjs');
  const engine = (path: string) => JSON.stringify(new URL(`../../../${path}`, import.meta.url).pathname);
  writeFileSync(
    file,
    `import { defineProject } from ${engine('define/project.ts')};
     import { tinyPipeline } from ${engine('test/support/tiny-pipeline.ts')};
     export default defineProject({ pipelines: [tinyPipeline({ name: 'orders', pool: 'shop-api' })], pools: { crm: 1 } });`,
  );
  const { said, context } = contextOf(() => defineProject({ pipelines }));
  const projectPlace = () => ({ folder, config: pathToFileURL(file).href });
  expect(await pipelinesCommand.run({ ...context, projectPlace }, { check: true })).toBe(1);
  rmSync(folder, { recursive: true });
  expect(said.join()).toMatch(/waterclock\.config\.ts .*pipeline orders names the pool 'shop-api'.*\(known: crm\)/);
});

test('`pools` of a project without any asks nobody', async () => {
  const { said, context } = contextOf(() => defineProject({ pipelines: [] }));
  expect(await poolsCommand.run(context, {})).toBe(0);
  expect(said.join()).toContain('the project has no pools');
});
