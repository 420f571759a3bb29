import { expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { unseenObjects } from '../../../activities/seen-objects.js';
import { keys, type RunRef } from '../../../model/keys.js';
import type { Plan } from '../../../model/plan.js';
import { s3Objects } from '../../../sources/declare.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const hour = (at: number) => new Date(Date.UTC(2022, 10, 24, at)).toISOString().replace('.000Z', 'Z');
const pipeline = tinyPipeline({ source: s3Objects({ bucket: 'b', prefix: '', lookback: '3 hours' }) });
const runOf = (at: number, runId = `r${at}`): RunRef => ({
  pipeline: 'tiny',
  interval: { start: hour(at), end: hour(at + 1) },
  workflowId: `tiny-${hour(at + 1)}`,
  runId,
  trigger: 'manual',
});

/** objects by the hour in which they were modified; each run takes what is new to it, in this order of hours */
async function taking(objects: Record<string, number>, appears: Record<string, number>, order: number[]) {
  const store = memoryStore();
  const plan = { source: pipeline.source, rawBucket: 'raw' } as Plan;
  const dependencies = { pipelines: [pipeline], store } as unknown as Dependencies;
  const alive = { sign: () => undefined, signal: new AbortController().signal };
  const taken: string[] = [];
  for (const [turn, at] of order.entries()) {
    const run = runOf(at, `${at}-${turn}`);
    const isUnseen = await unseenObjects(dependencies, { run, plan }, alive);
    const found = Object.entries(objects)
      .filter(([name]) => (appears[name] ?? 0) <= turn)
      .map(([key, hours]) => ({ key, etag: 'e', modified: Date.parse(hour(hours)) + 60_000, bytes: 1 }))
      .filter(({ modified }) => modified >= Date.parse(hour(at - 3)) && modified < Date.parse(hour(at + 1)))
      .filter((object) => isUnseen?.(object));
    for (const { key } of found) taken.push(`${at} ${key}`);
    const sources = found.map(({ key, etag }) => ({ name: key, etag, offset: 0, bytes: 1 }));
    const parts = [{ key: 'part', bytes: 1, gzip: false, sources }];
    const manifest = { step: 'extract', run, bucket: 'raw', source: pipeline.source, parts, files: 1, bytes: 1 };
    await store.put({ bucket: 'raw', key: keys.rawManifest(run) }, JSON.stringify(manifest));
  }
  return taken;
}

test('an object that appears late is of the first interval after, once', async () => {
  const taken = await taking({ a: 10, late: 10, b: 11 }, { late: 1 }, [10, 11, 12]);
  expect(taken).toEqual(['10 a', '11 late', '11 b']);
});

test('an interval that runs again takes what it took, and nothing of a later one', async () => {
  const taken = await taking({ a: 10, late: 10 }, { late: 1 }, [10, 11, 10, 11]);
  expect(taken).toEqual(['10 a', '11 late', '10 a', '11 late']);
});

test('an interval that has yet to run is not robbed, in whatever order they run', async () => {
  expect(await taking({ a: 10, b: 11, c: 12 }, {}, [12, 11, 10])).toEqual(['12 c', '11 b', '10 a']);
});

test('a source without a lookback asks nobody', async () => {
  const source = s3Objects({ bucket: 'b', prefix: '' });
  const given = { run: runOf(10), plan: { source, rawBucket: 'raw' } as Plan };
  const dependencies = { pipelines: [pipeline], store: memoryStore() } as unknown as Dependencies;
  const alive = { sign: () => undefined, signal: new AbortController().signal };
  expect(await unseenObjects(dependencies, given, alive)).toBeUndefined();
});
