import { expect, test } from 'vitest';
import { putJson } from '../../../lake/object-store.js';
import { keys, type RunRef } from '../../../model/keys.js';
import { pipelines } from '../../support/pipelines.js';
import type { Context } from '../../../control/context.js';
import { forgottenRuns } from '../../../control/forgotten-runs.js';
import type { Row, Warehouse } from '../../../warehouse/data-api.js';
import { memoryStore } from '../../../testing/memory-store.js';

const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const name = 'minibuses-2022-11-24T11:00:00Z';
const earlier: RunRef = { pipeline: 'minibuses', interval, workflowId: name, runId: 'old', trigger: 'schedule' };
const pipeline = pipelines.find((one) => one.name === 'minibuses');
if (!pipeline) throw new Error('no pipeline minibuses');

async function found(rows: Row[] | Error, manifests: [step: string, entity?: string][] = []) {
  const store = memoryStore();
  const put = (key: string, bucket = 'lake') => putJson(store, { bucket, key }, { run: earlier });
  if (manifests.length > 0) await put(keys.rawManifest(earlier), pipeline?.rawBucket);
  for (const [step, entity] of manifests) await put(keys.step(earlier, step, entity));
  const said: string[] = [];
  const query = () => (rows instanceof Error ? Promise.reject(rows) : Promise.resolve(rows));
  const context = {
    terminal: { say: (text: string) => said.push(text) },
    settings: () => ({ lakeBucket: 'lake' }),
    store: () => Promise.resolve(store),
    warehouse: () => Promise.resolve({ query } as unknown as Warehouse),
  } as unknown as Context;
  return { run: await forgottenRuns(context, pipeline as NonNullable<typeof pipeline>)(name), said };
}

const row = (changes: Row): Row => ({
  workflow_id: name,
  run_id: 'old',
  interval_start: interval.start,
  started_at: interval.end,
  params: '{"a":1}',
  ...changes,
});

test.each<[Row, object]>([
  [
    { status: 'failed', failed_step: 'copy.duties' },
    { status: 'failed', brokeAt: 'copy' },
  ],
  [
    { status: 'failed', failed_step: 'wait' },
    { status: 'failed', brokeAt: 'extract' },
  ],
  [{ status: 'completed' }, { status: 'completed', brokeAt: undefined }],
  [
    { status: 'cancelled', steps: '[{"step":"extract","state":"done"},{"step":"validate","state":"running"}]' },
    { status: 'cancelled', brokeAt: 'validate' },
  ],
])('the ledger tells how a run ended: %j', async (changes, expected) => {
  const { run } = await found([row(changes)]);
  expect(run).toMatchObject({
    ...expected,
    ref: { runId: 'old', interval, workflowId: name },
    input: { params: { a: 1 } },
  });
});

test('a mark is not a run: what ran before it counts', async () => {
  const { run } = await found([
    row({ run_id: 'mark-1', status: 'marked' }),
    row({ status: 'failed', failed_step: 'copy' }),
  ]);
  expect(run).toMatchObject({ ref: { runId: 'old' }, status: 'failed', brokeAt: 'copy' });
});

test.each<[[step: string, entity?: string][], string | undefined]>([
  [[['extract']], 'validate'],
  [[['extract'], ['validate'], ['parquet', 'positions']], 'parquet'],
  [[['extract'], ['validate'], ['parquet', 'positions'], ['parquet', 'duties'], ['copy', 'duties']], 'copy'],
])('without a row the lake tells, by the first manifest that is not there: %j', async (manifests, brokeAt) => {
  const { run } = await found([], manifests);
  expect(run).toMatchObject({ status: 'failed', brokeAt, ref: earlier });
});

test('with the ledger away the lake is asked, and it is said', async () => {
  const { run, said } = await found(new Error('the warehouse is away'), [['extract']]);
  expect(run).toMatchObject({ brokeAt: 'validate' });
  expect(said).toEqual(['without the ledger: the warehouse is away']);
});

test('what neither knows never ran', async () => {
  expect((await found([])).run).toBeUndefined();
});
