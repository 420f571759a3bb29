import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { TerminalError } from '../../model/errors.js';
import { dueAt, duration, intervalEnding, iso, lastComplete, type Interval } from '../../model/interval.js';
import { fillId, runName, scheduleId, watchScheduleId } from '../../model/names.js';
import type { Pipeline } from '../../define/pipeline.js';
import { applySchedule, applyWatch } from '../../control/apply-schedule.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { eventually } from '../support/eventually.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';

const hour = duration('1 hour');
const grid = { every: hour, offset: 0 };

let service: NoOpService;
let alerts: string[];
/** starts of intervals whose extract fails, or waits to be let go */
const broken = new Set<string>();
let held: Promise<void> | undefined;
let pipeline: Pipeline;
/** the last three complete intervals, oldest first */
let intervals: [Interval, Interval, Interval];
let cases = 0;

beforeAll(async () => {
  const manifest = { bucket: 'lake', key: 'none' };
  service = await noOpService(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '', builtWorkflows(), () => ({
    sendAlert: async ({ alert }) => void alerts.push(`${alert.kind} ${alert.subject}`),
    extract: async ({ run }) => {
      await held;
      if (broken.has(run.interval.start)) throw new TerminalError('SourceNotFound', 'no bucket');
      return { manifest, parts: 0, files: 0, bytes: 0 };
    },
  }));
  await applyWatch(applying());
});
afterAll(() => service?.close());

beforeEach(() => {
  alerts = [];
  broken.clear();
  held = undefined;
  const third = lastComplete(grid, Date.now());
  const before = ({ start }: Interval) => lastComplete(grid, Date.parse(start));
  intervals = [before(before(third)), before(third), third];
  const start = Date.parse(intervals[0].start);
  pipeline = { ...plainPipeline, name: `w${cases++}`, grid, start, catchup: 10 * hour, deadline: 1 };
  service.pipelines.splice(0, Infinity, pipeline);
});

const applying = () => ({
  client: service.client.schedule,
  taskQueue: service.settings.taskQueue,
  dryRun: false,
  loadedUpTo: async () => undefined,
});
const schedule = () => service.client.schedule.getHandle(scheduleId(pipeline.name));
const rows = () =>
  service.ledger.rows
    .filter(({ run }) => run.pipeline === pipeline.name)
    .map(({ run, status }) => `${run.interval.start} ${run.trigger} ${status}`)
    .sort();

const isThere = (run: WorkflowHandle) =>
  run.describe().then(
    () => true,
    () => false,
  );

/** by its own schedule; answers what it found of the pipeline */
async function look(): Promise<unknown> {
  const watch = service.client.schedule.getHandle(watchScheduleId);
  const before = (await watch.describe()).info.numActionsTaken;
  await watch.trigger();
  await eventually(async () => (await watch.describe()).info.numActionsTaken > before);
  const newest = (await watch.describe()).info.recentActions.at(-1)?.action.workflow.workflowId ?? '';
  const found = (await service.client.workflow.getHandle(newest).result()) as Record<string, unknown>;
  return found[pipeline.name];
}

test('what never started is told as late once and filled, what failed is left alone, nothing before the start', async () => {
  expect(await applySchedule(pipeline, applying())).toMatchObject({ status: 'created' });
  expect(await applySchedule(pipeline, applying())).toMatchObject({ status: 'unchanged', changes: [] });
  const [first, second, third] = intervals;
  broken.add(second.start);
  const failing = service.client.workflow.execute(pipelineRun, {
    workflowId: runName(pipeline.name, second),
    taskQueue: service.settings.taskQueue,
    args: [{ pipeline: pipeline.name, interval: second, grid, trigger: 'manual', dbt: 'skip', params: {} }],
  });
  await expect(failing).rejects.toThrow();

  expect(await look()).toEqual({ late: 3, missing: 2, unsettled: 0 });
  await service.client.workflow.getHandle(fillId(pipeline.name, 'missing')).result();
  const filled = [`${first.start} watch completed`, `${second.start} manual failed`, `${third.start} watch completed`];
  expect(rows()).toEqual(filled);
  expect(await look()).toEqual({ late: 1, missing: 0, unsettled: 0 });
  expect(rows()).toEqual(filled);
  await eventually(() => alerts.length >= 3);
  expect(alerts.sort()).toEqual([
    `failed ${runName(pipeline.name, second)}`,
    `gap ${pipeline.name}-${first.start}`,
    `late ${runName(pipeline.name, first)}-and-2-up-to-${third.end}`,
  ]);
});

test('what a person ended between two missing intervals is left alone, and what is late is said once', async () => {
  const [first, second, third] = intervals;
  let letGo = () => {};
  held = new Promise((resolve) => (letGo = resolve));
  const ended = await service.client.workflow.start(pipelineRun, {
    workflowId: runName(pipeline.name, second),
    taskQueue: service.settings.taskQueue,
    args: [{ pipeline: pipeline.name, interval: second, grid, trigger: 'manual', dbt: 'skip', params: {} }],
  });
  await ended.terminate('wrong data, leave it alone');
  letGo();
  await applySchedule(pipeline, applying());
  expect(await look()).toEqual({ late: 3, missing: 2, unsettled: 0 });
  const fill = service.client.workflow.getHandle(fillId(pipeline.name, 'missing'));
  expect(await fill.result()).toMatchObject({ total: 2, started: 2, failedCount: 0 });
  expect(rows()).toEqual([`${first.start} watch completed`, `${third.start} watch completed`]);
  await eventually(() => alerts.length >= 2);
  for (let looks = 0; looks < 2; looks++) expect(await look()).toEqual({ late: 1, missing: 0, unsettled: 0 });
  expect(alerts.sort()).toEqual([
    `gap ${pipeline.name}-${first.start}`,
    `late ${runName(pipeline.name, first)}-and-2-up-to-${third.end}`,
  ]);
  expect((await ended.describe()).status.name).toBe('TERMINATED');
});

test('a pipeline that cannot be looked at stops no other, and the look says so', async () => {
  const broken = { ...pipeline, name: `broken${cases}` };
  for (const one of [broken, pipeline]) await applySchedule(one, applying());
  // its definition throws when the look asks how far back it is watched
  Object.defineProperty(broken, 'catchup', {
    get() {
      throw new TerminalError('InvalidDefinition', 'its catchup is broken');
    },
  });
  service.pipelines.unshift(broken);
  const message = `1 of 2 pipelines could not be looked at: ${broken.name}: its catchup is broken`;
  await expect(look()).rejects.toMatchObject({ cause: { message } });
  await service.client.workflow.getHandle(fillId(pipeline.name, 'missing')).result();
  expect(rows().length).toBe(3);
});

test('a paused pipeline is not looked at; resumed, what was missed is filled', async () => {
  await applySchedule(pipeline, applying());
  await schedule().pause('holiday');
  expect(await look()).toBeUndefined();
  expect(rows()).toEqual([]);
  await schedule().unpause();
  expect(await look()).toEqual({ late: 3, missing: 3, unsettled: 0 });
  await service.client.workflow.getHandle(fillId(pipeline.name, 'missing')).result();
  expect(rows()).toEqual(intervals.map(({ start }) => `${start} watch completed`));
});

test('a slot whose run is under way or has ended is dropped by the server; the next one runs', async () => {
  const quick = { every: 5_000, offset: 0 };
  const now = Math.ceil(Date.now() / quick.every) * quick.every;
  const [ended, running, next] = [2, 3, 4].map((slots) => intervalEnding(quick, now + slots * quick.every));
  if (!ended || !running || !next) throw new Error('three slots');
  pipeline = { ...pipeline, grid: quick, start: Date.parse(ended.start) };
  service.pipelines.splice(0, Infinity, pipeline);
  const byHand = (interval: Interval) =>
    service.client.workflow.start(pipelineRun, {
      workflowId: runName(pipeline.name, interval),
      taskQueue: service.settings.taskQueue,
      args: [{ pipeline: pipeline.name, interval, grid: quick, trigger: 'manual', dbt: 'skip', params: {} }],
    });
  await (await byHand(ended)).result();
  let letGo = () => {};
  held = new Promise((resolve) => (letGo = resolve));
  const during = await byHand(running);
  await applySchedule(pipeline, applying());
  const run = service.client.workflow.getHandle(runName(pipeline.name, next));
  await eventually(() => isThere(run));
  letGo();
  await Promise.all([during.result(), run.result()]);
  await schedule().pause();
  expect(rows().slice(0, 3)).toEqual([
    `${ended.start} manual completed`,
    `${running.start} manual completed`,
    `${next.start} schedule completed`,
  ]);
});

test('what loaded before its source had settled runs again once it has', async () => {
  pipeline = { ...pipeline, policy: { ...pipeline.policy, settle: [duration('90 minutes')] } };
  service.pipelines.splice(0, Infinity, pipeline);
  await applySchedule(pipeline, applying());
  for (const interval of intervals) {
    const due = dueAt(grid, interval);
    const run = { pipeline: pipeline.name, interval, workflowId: '', runId: '', trigger: 'schedule' as const };
    const closing = { run, status: 'completed' as const, finishedAt: iso(due + 60_000) };
    service.ledger.rows.push(closing as (typeof service.ledger.rows)[number]);
  }
  const [first, ...others] = intervals;
  const settled = others.filter((interval) => dueAt(grid, interval) + 1.5 * hour <= Date.now());
  expect(await look()).toEqual({ late: 0, missing: 0, unsettled: 1 + settled.length });
  await service.client.workflow.getHandle(fillId(pipeline.name, 'settle')).result();
  expect(await look()).toEqual({ late: 0, missing: 0, unsettled: 0 });
  expect(rows().filter((row) => row.includes('watch'))).toEqual(
    [first, ...settled].map(({ start }) => `${start} watch completed`),
  );
});
