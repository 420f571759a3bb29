import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneProgram, type Clone } from '../../../test/support/clone.js';
import { npmStart, resultsOf } from '../../../test/support/npm-start.js';

let clone: Clone;
beforeAll(() => {
  clone = cloneProgram();
});
afterAll(() => clone.remove());

test('the main job, then nothing new', async () => {
  const first = await npmStart(clone.root);
  expect(first).toContain('main job   earthquakes 169/169');
  expect(resultsOf(first, 'earthquakes ')).toEqual(['earthquakes', '169', '1707', '1707', '0', '0', '1707']);
  const second = await npmStart(clone.root);
  expect(second).toContain('main job   0 new runs, 172 loaded earlier');
  expect(second).not.toContain('set-up');
  for (const pipeline of ['earthquakes ', 'door2door (simulated)', 'spacex (simulated)']) {
    expect(resultsOf(second, pipeline)).toEqual(resultsOf(first, pipeline));
  }
});

const data = resolve(import.meta.dirname, '../../../../shared/data');

test.skipIf(!existsSync(join(data, 'spacex')))(`real launches (skipped without ${data})`, async () => {
  const output = await npmStart(clone.root, '--data', data);
  expect(resultsOf(output, 'spacex ')?.slice(1, 3)).toEqual(['1', '132']);
  expect(output).toMatch(/core_id\s+flights\s+reuses\n\s+\S+\s+8\s+7\n/);
  const reused = /cores reused within 50 days.*\n.*\n((?: {2}\S.*\n)+)/.exec(output)?.[1]?.trimEnd().split('\n') ?? [];
  expect(reused.map((line) => line.trim().split(/\s{2,}/)[1])).toEqual([
    'Starlink-16 (v1.0)',
    'Transporter-1',
    'Starlink-18 (v1.0)',
  ]);
  expect(output).not.toContain('simulated');
});
