import { expect, test } from 'vitest';
import { markSuperseded } from '../../../activities/mark-superseded.js';
import { putJson } from '../../../lake/object-store.js';
import { keys, superseded, type RunRef } from '../../../model/keys.js';
import type { ParquetManifest } from '../../../model/plan.js';
import type { Warehouse } from '../../../warehouse/data-api.js';
import { memoryStore } from '../../../testing/memory-store.js';

const runOf = (runId: string): RunRef => ({
  pipeline: 'p',
  interval: { start: '2024-01-01T00:00:00Z', end: '2024-01-01T01:00:00Z' },
  workflowId: 'p-2024-01-01T01:00:00Z',
  runId,
  trigger: 'manual',
});
const fileOf = (runId: string) => keys.processedPart(runOf(runId), 'e', 0, 0);
/** as `reuse` writes it for a run that takes over the files of another */
const manifestOf = (runId: string, files = runId) =>
  ({ run: runOf(runId), bucket: 'lake', entity: 'e', files: [{ key: fileOf(files) }] }) as ParquetManifest;

/** a run that loaded the files of `files`, when the ledger names these loads, newest first; what carries which tags then */
async function tagsAfter(run: string, files: string, loads: string[]) {
  const store = memoryStore();
  const manifests = [manifestOf('first'), manifestOf('second'), manifestOf('third', 'first')];
  for (const one of manifests) await putJson(store, { bucket: 'lake', key: keys.step(one.run, 'parquet', 'e') }, one);
  const query = () => Promise.resolve(loads.map((id) => ({ run_id: id })));
  await markSuperseded(store, { query } as unknown as Warehouse, runOf(run), manifestOf(run, files), true);
  return store.tags();
}

test('files of the records are tagged too, also where their rows have none', async () => {
  const store = memoryStore();
  const file = (runId: string) => `processed/p/e_parents/${runId}/part-00000.parquet`;
  const withParents = (runId: string) =>
    ({ ...manifestOf(runId), files: [], parents: { files: [{ key: file(runId) }] } }) as unknown as ParquetManifest;
  const first = withParents('first');
  await putJson(store, { bucket: 'lake', key: keys.step(first.run, 'parquet', 'e') }, first);
  const query = () => Promise.resolve(['second', 'first'].map((id) => ({ run_id: id })));
  await markSuperseded(store, { query } as unknown as Warehouse, runOf('second'), withParents('second'), true);
  expect(store.tags()).toEqual({ [`lake/${file('first')}`]: superseded });
});

test.each([
  ['the first load', 'first', 'first', ['first'], {}],
  ['a second load', 'second', 'second', ['second', 'first'], { [`lake/${fileOf('first')}`]: superseded }],
  ['one that a later load has overtaken', 'first', 'first', ['second', 'first'], {}],
  ['the same files again', 'third', 'first', ['third', 'first'], { [`lake/${fileOf('first')}`]: {} }],
  [
    'earlier files again',
    'third',
    'first',
    ['third', 'second'],
    { [`lake/${fileOf('first')}`]: {}, [`lake/${fileOf('second')}`]: superseded },
  ],
  [
    'what follows a load of the files of another',
    'fourth',
    'fourth',
    ['fourth', 'third'],
    { [`lake/${fileOf('first')}`]: superseded },
  ],
  ['what follows a load that left no manifest', 'fourth', 'fourth', ['fourth', 'gone'], {}],
])('%s', async (_, run, files, loads, expected) => {
  expect(await tagsAfter(run, files, loads)).toEqual(expected);
});
