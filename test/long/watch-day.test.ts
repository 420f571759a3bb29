import { ListStatementsCommand } from '@aws-sdk/client-redshift-data';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { close } from '../../activities/close.js';
import type { Dependencies } from '../../activities/dependencies.js';
import { s3Store, type ObjectStore } from '../../lake/object-store.js';
import { newestClosed } from '../../lake/closed-runs.js';
import { dueAt, duration, intervalsBetween, iso, type Grid, type Interval } from '../../model/interval.js';
import { runName } from '../../model/names.js';
import { newestRuns } from '../../warehouse/ledger.js';
import { loadWorld, type LoadWorld } from '../support/load-world.js';
import { looking } from '../support/looking.js';
import { plainPipeline } from '../support/no-op-service.js';

const hour = duration('1 hour');
const minute = duration('1 minute');
const lakeBucket = 'lake';
const begin = Date.parse('2026-03-01T00:00:00Z');
const pipelines = [
  { ...plainPipeline, name: 'hourly', grid: { every: hour, offset: 10 * minute } },
  { ...plainPipeline, name: 'hourly_too', grid: { every: hour, offset: 0 } },
  { ...plainPipeline, name: 'often', grid: { every: 30 * minute, offset: 0 } },
].map((one) => ({ ...one, start: begin, catchup: duration('2 days'), deadline: 30 * minute }));

let world: LoadWorld;
let store: ObjectStore;
beforeAll(async () => {
  world = await loadWorld();
  const { endpoint, region, accessKeyId, secretAccessKey } = world.data.stack.s3;
  vi.stubEnv('AWS_ENDPOINT_URL_S3', endpoint);
  vi.stubEnv('AWS_REGION', region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  store = s3Store({ forcePathStyle: true });
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await world?.close();
});

/** as the server counts those of the role that the watch and loads work as */
async function statements(): Promise<number> {
  let count = 0;
  let NextToken: string | undefined;
  do {
    const page = await world.client.send(new ListStatementsCommand({ Status: 'ALL', MaxResults: 100, NextToken }));
    count += page.Statements?.length ?? 0;
    ({ NextToken } = page);
  } while (NextToken);
  return count;
}

test('a day of looks with everything loaded sends no statement, while new runs load', async () => {
  let now = begin + 2 * hour;
  const warehouse = world.warehouse();
  const { look, runs, calls } = looking({ store, warehouse, lakeBucket, pipelines, now: () => now });
  const client = {
    workflow: {
      getHandle: () => ({ describe: async () => ({ status: { name: 'RUNNING' } }) }),
      // every run is the first of its name
      async *list() {},
    },
  };
  const settings = { tagSuperseded: true };
  const closing = close({
    settings,
    store,
    warehouse: world.warehouse,
    client,
    pipelines,
  } as unknown as Dependencies);
  const load = (pipeline: string, interval: Interval) => {
    const workflowId = runName(pipeline, interval);
    runs.set(workflowId, 'COMPLETED');
    return new MockActivityEnvironment().run(closing, {
      run: { pipeline, interval, workflowId, runId: `run-of-${workflowId}`, trigger: 'schedule' as const },
      plan: { bucket: lakeBucket, key: 'plan' },
      dueAt: interval.end,
      startedAt: interval.end,
      finishedAt: iso(now),
      status: 'completed' as const,
      late: false,
      failures: [],
    });
  };
  const dueOf = (grid: Grid) => intervalsBetween(grid, begin, now).filter((interval) => dueAt(grid, interval) <= now);
  const lookAtAll = async () => {
    for (const { name } of pipelines) {
      expect(await look(name)).toEqual({ counts: { late: 0, missing: 0, unsettled: 0 } });
    }
  };
  for (const { name, grid } of pipelines) {
    for (const interval of dueOf(grid)) await load(name, interval);
  }
  // the ledger is asked once for what ran before the lake kept it
  await lookAtAll();
  expect(calls.statements).toBe(pipelines.length);

  calls.statements = 0;
  let byRuns = 0;
  const before = await statements();
  for (let looks = 0; looks < 288; looks++) {
    now += 5 * minute;
    for (const { name, grid } of pipelines) {
      for (const interval of dueOf(grid)) {
        const id = runName(name, interval);
        if (runs.get(id) === undefined) runs.set(id, 'RUNNING');
        else if (runs.get(id) === 'RUNNING' && now >= dueAt(grid, interval) + 10 * minute) {
          const from = await statements();
          await load(name, interval);
          byRuns += (await statements()) - from;
        }
      }
    }
    await lookAtAll();
  }
  expect(byRuns).toBeGreaterThan(90);
  expect((await statements()) - before).toBe(byRuns);
  expect(calls.statements).toBe(0);

  // the lake says what the ledger says
  for (const { name } of pipelines) {
    const range = [iso(begin), iso(begin + 2 * duration('1 day'))] as const;
    const inLake = await newestClosed(store, lakeBucket, name, ...range);
    const inLedger = await newestRuns(warehouse, name, ...range);
    expect(inLedger.length).toBeGreaterThanOrEqual(24);
    expect(inLake.map((run) => ({ ...run, finishedAt: iso(Date.parse(run.finishedAt)) }))).toEqual(inLedger);
  }
}, 300_000);

test('a listing goes on over pages, from a key and in order', async () => {
  const names = Array.from({ length: 1_050 }, (_, at) => `pages/${String(at).padStart(5, '0')}.json`);
  for (let at = 0; at < names.length; at += 50) {
    await Promise.all(names.slice(at, at + 50).map((key) => store.put({ bucket: lakeBucket, key }, '{}')));
  }
  const list = async (after?: string) => {
    const found: string[] = [];
    for await (const { key } of store.list({ bucket: lakeBucket, key: 'pages/' }, after)) found.push(key);
    return found;
  };
  expect(await list()).toEqual(names);
  expect(await list('pages/00040')).toEqual(names.slice(40));
  expect(await list('pages/00040.json')).toEqual(names.slice(41));
  expect(await list('pages/9')).toEqual([]);
}, 120_000);
