import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeOf, watchFiles } from '../../../local/start/watch-files.js';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'watch-files-'));
  for (const folder of ['pipelines/orders/sample', 'dbt/models', 'dbt/target', 'node_modules/a']) {
    mkdirSync(join(project, folder), { recursive: true });
  }
  writeFileSync(join(project, 'dbt/dbt_project.yml'), '');
  writeFileSync(join(project, 'pipelines/orders/definition.ts'), '1');
});
afterEach(() => rmSync(project, { recursive: true }));

test.each([
  ['waterclock.config.ts', 'definitions'],
  ['pipelines/orders/definition.ts', 'definitions'],
  ['pipelines/orders/entities.yaml', 'definitions'],
  ['shared/money.ts', 'definitions'],
  ['pipelines/orders/sample/items.json', 'samples'],
  ['pipelines/orders/sample/sample.yaml', 'samples'],
  ['dbt/models/marts/orders.sql', 'models'],
  ['dbt/profiles.yml', 'models'],
  ['.env', 'restart'],
  ['package.json', 'restart'],
  ['README.md', undefined],
])('%s: %s', (file, change) => {
  expect(changeOf(file, project)).toBe(change);
});

test('what is written together is told together, once; what tools make is not', async () => {
  const told: string[][] = [];
  const end = watchFiles(project, async (files) => void told.push(files), 30);
  await sleep(100);
  const write = (file: string, text = '') => writeFileSync(join(project, file), text);
  write('pipelines/orders/definition.ts', 'changed');
  write('pipelines/orders/sample/items.json');
  for (const file of ['dbt/target/manifest.json', 'node_modules/a/index.js']) write(file);
  await expect.poll(() => told.length).toBe(1);
  rmSync(join(project, 'pipelines/orders/sample/items.json'));
  await expect.poll(() => told.length).toBe(2);
  end();
  write('pipelines/orders/definition.ts', 'changed again');
  await sleep(150);
  expect(told).toEqual([
    ['pipelines/orders/definition.ts', 'pipelines/orders/sample/items.json'],
    ['pipelines/orders/sample/items.json'],
  ]);
});
