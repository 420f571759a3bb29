import { expect, test } from 'vitest';
import { markSuperseded } from '../../../activities/mark-superseded.js';
import { putJson } from '../../../lake/object-store.js';
import { keys, superseded, type RunRef } from '../../../model/keys.js';
import type { ParquetManifest } from '../../../model/plan.js';
import type { Warehouse } from '../../../warehouse/data-api.js';
import { memoryStore } from '../../support/memory-store.js';

const runOf = (runId: string): RunRef => ({
  pipeline: 'p',
  interval: { start: '2024-01-01T00:00:00Z', end: '2024-01-01T01:00:00Z' },
  workflowId: 'p-2024-01-01T01:00:00Z',
  runId,
  trigger: 'manual',
});
const fileOf = (runId: string) => keys.processedPart(runOf(runId), 'e', 0);
const manifestOf = (runId: string) =>
  ({ run: runOf(runId), bucket: 'lake', entity: 'e', files: [{ key: fileOf(runId) }] }) as ParquetManifest;

/** a run that loaded the files of `files`, when the ledger names these loads, newest first; what carries which tags then */
async function tagsAfter(run: string, files: string, loads: string[]) {
  const store = memoryStore();
  for (const id of ['first', 'second'])
    await putJson(store, { bucket: 'lake', key: keys.step(runOf(id), 'parquet', 'e') }, manifestOf(id));
  const query = () => Promise.resolve(loads.map((id) => ({ run_id: id })));
  await markSuperseded(store, { query } as unknown as Warehouse, runOf(run), manifestOf(files));
  return store.tags();
}

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
  ['what follows a load of the files of another', 'fourth', 'fourth', ['fourth', 'third'], {}],
])('%s', async (_, run, files, loads, expected) => {
  expect(await tagsAfter(run, files, loads)).toEqual(expected);
});
