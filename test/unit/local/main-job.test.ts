import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runMainJob } from '../../../local/start/main-job.js';
import type { Answer, Product } from '../../../local/start/product.js';

let state: string;
beforeEach(() => (state = mkdtempSync(join(tmpdir(), 'main-job-'))));
afterEach(() => rmSync(state, { recursive: true }));

const range = { from: '2018-01-31T01:00:00Z', to: '2018-02-07T02:00:00Z', simulated: false, waiting: [] };
const ranged = (pipeline: string) => ({ pipeline, dbt: true, simulated: false, range });
const catalog = { pipeline: 'catalog', dbt: true, simulated: true };
const inputs = [ranged('readings'), ranged('minibuses'), catalog];

function fakeProduct(answers: Record<string, Partial<Answer>>): Product & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    log: '',
    end() {},
    async run(args) {
      asked.push(args[0] ?? '');
      return { code: 0, result: undefined, said: [], ...answers[args[0] ?? ''] };
    },
  };
}

const job = (product: Product) => runMainJob({ product, state, inputs, onProgress() {} });
const loaded = { total: 2, started: 0, loadedEarlier: 2, succeeded: 0, failed: [] };
const built = { status: 'success', ok: 3, failed: 0, skipped: 0, failures: [] };
const nothingNew = {
  backfill: { result: loaded },
  run: { result: { status: 'nothing to do', run: null } },
  build: { result: built },
};

test('new runs are followed by one build', async () => {
  const product = fakeProduct({ ...nothingNew, backfill: { result: { ...loaded, started: 2, loadedEarlier: 0 } } });
  expect(await job(product)).toMatchObject({ dbt: { ok: 3 }, failures: [] });
  expect(product.asked).toEqual(['backfill', 'backfill', 'run', 'build']);
});

test('nothing new is not built again', async () => {
  await job(fakeProduct(nothingNew));
  const again = fakeProduct(nothingNew);
  expect(await job(again)).toMatchObject({ failures: [] });
  expect(again.asked).not.toContain('build');
});

test('a build that failed is made up for', async () => {
  const failed = {
    status: 'failed',
    ok: 1,
    failed: 1,
    skipped: 0,
    failures: [{ name: 'unique_x', message: 'got 1\nmore' }],
  };
  expect((await job(fakeProduct({ ...nothingNew, build: { code: 1, result: failed } }))).failures).toEqual([
    'dbt unique_x: got 1',
  ]);
  expect(existsSync(join(state, 'models-built'))).toBe(false);
  const again = fakeProduct(nothingNew);
  await job(again);
  expect(again.asked).toContain('build');
});

test('a command that ends without a result fails its pipeline with its last words', async () => {
  const outcome = await job(
    fakeProduct({ ...nothingNew, run: { code: 3, said: ['first', 'temporal is not reached'] } }),
  );
  expect(outcome.failures).toEqual(['catalog: temporal is not reached']);
});

test('what has no interval to run yet, or no models, is not built', async () => {
  let build: string[] = [];
  const fake = fakeProduct({ ...nothingNew, backfill: { result: { ...loaded, started: 2, loadedEarlier: 0 } } });
  const product: Product = {
    ...fake,
    run(args, onLine) {
      if (args[0] === 'build') build = args;
      return fake.run(args, onLine);
    },
  };
  const nothingDue = { ...range, to: range.from, waiting: ['events.json'] };
  const without = { pipeline: 'plain', dbt: false, simulated: false, range };
  await runMainJob({
    product,
    state,
    inputs: [ranged('readings'), { ...ranged('minibuses'), range: nothingDue }, catalog, without],
    onProgress() {},
  });
  expect(build).toEqual(['build', 'readings', 'catalog', '--wait', '--json']);
});
