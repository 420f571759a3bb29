import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { close } from '../../../activities/close.js';
import type { Dependencies } from '../../../activities/dependencies.js';
import { putJson } from '../../../lake/object-store.js';
import { keys, superseded } from '../../../model/keys.js';
import type { RunStatus } from '../../../model/run-result.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { quietLogger } from '../../support/quiet.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';
import { tinyRun as run } from '../../support/tiny-run.js';

const file = (runId: string, entity = 'rows') => keys.processedPart({ ...run, runId }, entity, 0, 0);

interface Closing {
  status?: RunStatus;
  loaded?: string[];
  tagSuperseded?: boolean;
  parentKey?: string[];
}

/** what carries which tags after a run with these entities has closed, and the ledger says that it loaded some of them */
async function tagsAfter({ status = 'failed', loaded = [], tagSuperseded = true, parentKey }: Closing = {}) {
  const store = memoryStore();
  const lakeBucket = 'lake';
  const [entity] = tinyPipeline().entities;
  const plan = { lakeBucket, entities: [{ ...entity?.plan, ...(parentKey && { parentKey, order: [] }) }] };
  const planRef = await putJson(store, { bucket: lakeBucket, key: keys.plan(run, 'x') }, plan);
  const written = [file('r'), file('r', 'rows_parents'), file('another'), keys.processedManifest(run, 'rows')];
  for (const key of written) await store.put({ bucket: lakeBucket, key }, 'PAR1');
  const query = async (sql: string) => (sql.includes('DISTINCT entity') ? loaded.map((entity) => ({ entity })) : []);
  const dependencies = {
    store,
    settings: { lakeBucket, tagSuperseded },
    warehouse: () => ({ query, execute: async () => undefined }),
    client: { workflow: { list: async function* () {} } },
    pipelines: [],
  } as unknown as Dependencies;
  const time = '2022-11-24T11:00:00Z';
  const extracted = { manifest: planRef, parts: 1, files: 1, bytes: 1 };
  const closing = { run, plan: planRef, dueAt: time, startedAt: time, finishedAt: time, status, late: false };
  await new MockActivityEnvironment({}, { logger: quietLogger }).run(
    close(dependencies) as (input: unknown) => Promise<unknown>,
    { ...closing, extracted, failures: [] },
  );
  return store.tags();
}

test('a run that ends without a load tags the files that it wrote, and no others', async () => {
  expect(await tagsAfter()).toEqual({ [`lake/${file('r')}`]: superseded });
  expect(await tagsAfter({ status: 'cancelled' })).toEqual({ [`lake/${file('r')}`]: superseded });
});

test('files of the records whose rows replace others are tagged too', async () => {
  expect(await tagsAfter({ parentKey: ['id'] })).toEqual({
    [`lake/${file('r')}`]: superseded,
    [`lake/${file('r', 'rows_parents')}`]: superseded,
  });
});

test('what a failed run had loaded keeps its files', async () => {
  expect(await tagsAfter({ loaded: ['rows'] })).toEqual({});
});

test('a run that completes, and a lake that knows no tags, are left alone', async () => {
  expect(await tagsAfter({ status: 'completed' })).toEqual({});
  expect(await tagsAfter({ tagSuperseded: false })).toEqual({});
});
