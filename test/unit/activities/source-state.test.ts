import { WorkflowNotFoundError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.js';
import { extract } from '../../../activities/extract.js';
import { ready } from '../../../activities/ready.js';
import type { PipelineOptions } from '../../../define/options.js';
import { putClosed } from '../../../lake/closed-runs.js';
import { putJson } from '../../../lake/object-store.js';
import { iso } from '../../../model/interval.js';
import { keys, type RunRef, type Trigger } from '../../../model/keys.js';
import type { ExtractManifest, Plan } from '../../../model/plan.js';
import type { RunStatus } from '../../../model/run-result.js';
import { custom, http, httpJson, nextLink } from '../../../sources/declare.js';
import { memoryStore, type MemoryStore } from '../../../testing/memory-store.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const start = Date.parse('2022-11-24T00:00:00Z');
const hour = 3_600_000;

let server: Server;
let store: MemoryStore;
/** `since` of each request */
let asked: (string | null)[];
/** records of the API, by their number */
let newest: number;
let finished: number;
beforeEach(async () => {
  asked = [];
  newest = 10;
  finished = start;
  store = memoryStore();
  await putJson(store, { bucket: 'lake', key: keys.closedSince('tiny') }, { from: '2020-01-01T00:00:00Z' });
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://x');
    const page = Number(searchParams.get('page') ?? 1);
    if (page === 1) asked.push(searchParams.get('since'));
    const link = page === 1 ? { link: `</?page=2>; rel=next` } : {};
    // the newest is on the first page
    const items = page === 1 ? [{ id: newest }, { id: newest - 1 }] : [{ id: newest - 5 }];
    response.writeHead(200, link).end(JSON.stringify(items));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close());

const pages = () =>
  http({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    query: { since: '{state.since}' },
    state: { since: { at: 'id', initial: 0 } },
    pages: nextLink(),
  });
const coded = () =>
  custom(
    async function* ({ state }) {
      asked.push(JSON.stringify(state?.['cursor'] ?? null));
      yield { name: 'a', body: '1', state: { cursor: newest } };
      yield { name: 'b', body: '2' };
    },
    { state: true },
  );

const runOf = (at: number, runId: string, trigger: Trigger = 'manual'): RunRef => {
  const interval = { start: iso(start + at * hour), end: iso(start + (at + 1) * hour) };
  return { pipeline: 'tiny', interval, workflowId: `tiny-${interval.end}`, runId, trigger };
};

function world(source: PipelineOptions['source']) {
  const pipeline = tinyPipeline({ source, schedule: { every: '1 hour', start: iso(start) } });
  const plan = {
    source: pipeline.source,
    rawBucket: 'raw',
    lakeBucket: 'lake',
    policy: pipeline.policy,
  } as unknown as Plan;
  const dependencies = {
    store,
    pipelines: [pipeline],
    environment: {},
    settings: { sources: {}, sourceLimits: { bytes: 1e9, bytesPerSecond: 1 }, lakeBucket: 'lake' },
    client: {
      workflow: {
        getHandle: () => ({ describe: () => Promise.reject(new WorkflowNotFoundError('none', 'w', undefined)) }),
      },
    },
  } as unknown as Dependencies;
  const inActivity = <T>(work: () => Promise<T>) =>
    new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 }).run(work) as Promise<T>;
  return {
    /** an hour of the schedule extracted, and closed as this */
    async run(at: number, runId: string, status: RunStatus = 'completed'): Promise<ExtractManifest> {
      const run = runOf(at, runId);
      const { client: _, ...offline } = dependencies;
      await inActivity(() => extract(offline as Dependencies)({ run, plan }));
      finished += 1_000;
      const closed = { ...run.interval, runId, status, finishedAt: new Date(finished).toISOString() };
      await putClosed(store, 'lake', 'tiny', closed);
      const body = await store.get({ bucket: 'lake', key: keys.step(run, 'extract') });
      return JSON.parse(Buffer.from(body).toString()) as ExtractManifest;
    },
    async mark(at: number): Promise<void> {
      const closed = { ...runOf(at, 'm').interval, runId: `mark-${at}`, status: 'marked' as const };
      await putClosed(store, 'lake', 'tiny', { ...closed, finishedAt: new Date((finished += 1_000)).toISOString() });
    },
    look: (at: number, trigger: Trigger) =>
      inActivity(() => ready(dependencies)({ run: runOf(at, 'r', trigger), plan })),
  };
}

test.each([
  ['http', pages, '0', '10', '20'],
  ['custom', coded, 'null', '10', '20'],
])('%s: an interval begins with the state of the one before, and again with its own', async (_, source, ...values) => {
  const { run } = world(source());
  expect(await run(0, 'a')).toMatchObject({ begunWith: {} });
  newest = 20;
  await run(1, 'b');
  newest = 30;
  await run(2, 'c');
  expect(asked).toEqual(values);
  // the newest is 40 by now, and the middle one asks for what it asked for then
  newest = 40;
  asked = [];
  const again = await run(1, 'b2');
  expect(asked).toEqual(values.slice(1, 2));
  expect(Object.values(again.begunWith ?? {})).toEqual([10]);
  await run(3, 'd');
  expect(asked.at(-1)).toBe('30');
});

test('one that failed hands nothing on, and those that a person marked are passed by', async () => {
  const { run, mark } = world(pages());
  await run(0, 'a');
  for (let at = 1; at < 12; at++) await mark(at);
  newest = 99;
  await run(12, 'b', 'failed');
  await run(12, 'b2');
  expect(asked).toEqual(['0', '10', '10']);
});

test('a value never falls, and an interval without records hands on what it began with', async () => {
  const { run } = world(pages());
  await run(0, 'a');
  newest = 6;
  expect((await run(1, 'b')).state).toEqual({ since: 10 });
});

test('only a scheduled run waits for the interval before; another one fails, and names it', async () => {
  const { run, look } = world(pages());
  expect(await look(0, 'manual')).toEqual({ found: '' });
  expect(await look(1, 'schedule')).toEqual({
    missing: 'tiny has not loaded 2022-11-24T00:00:00Z to 2022-11-24T01:00:00Z, with whose state this interval begins',
    found: '',
  });
  await expect(look(1, 'backfill')).rejects.toMatchObject({ name: 'StateGap' });
  await run(0, 'a');
  expect(await look(1, 'backfill')).toEqual({ found: 'the interval before has loaded' });
});

test.each<[string, Partial<PipelineOptions>, string]>([
  ['without a start', { source: coded(), schedule: { every: '1 hour' } }, 'its schedule needs a `start`'],
  ['of a snapshot', { source: { ...coded(), snapshot: true } }, 'its source is a snapshot'],
  [
    'that is not declared',
    { source: httpJson({ url: 'https://example.com/{state.since}' }) },
    'names {state.since}, which its state does not have (it has none)',
  ],
  [
    'of lines',
    { source: http({ url: 'https://a.com', state: { since: { at: 'id' } }, records: { form: 'ndjson' } }) },
    'its state is read from JSON documents',
  ],
])('a definition is refused: a state %s', (_, options, problem) => {
  const define = () => tinyPipeline({ schedule: { every: '1 hour', start: iso(start) }, ...options });
  expect(define).toThrow(problem);
});
