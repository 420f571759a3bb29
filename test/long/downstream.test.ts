import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { intervalsBetween, lastComplete } from '../../model/interval.js';
import type { DownstreamResult } from '../../model/downstream.js';
import { parseRunName } from '../../model/names.js';
import type { StepOutcome } from '../../model/step-outcome.js';
import { eventually } from '../support/eventually.js';
import { hourly, linkedPipelines, type LinkedPipelines } from '../support/linked-pipelines.js';

let service: LinkedPipelines;
beforeAll(async () => {
  service = await linkedPipelines(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '');
});
afterAll(() => service?.close());
beforeEach(() => {
  service.extracted.splice(0);
  service.held.clear();
  service.failing.clear();
});

const passing = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** it has looked in vain */
async function waits(handle: WorkflowHandle): Promise<boolean> {
  // no answer before its first task
  const steps = await handle.query<StepOutcome[]>('steps').catch(() => []);
  return steps.some(({ step, told }) => step === 'wait' && told?.includes('has not loaded'));
}

test('runs of three pipelines that wait for each other start one after the other, each at a signal of the one before', async () => {
  const { define, start, load, extracted } = service;
  const run = define({ a: [], b: ['a'], c: ['b'] });
  const c = await start(run('c'));
  const b = await start(run('b'));
  await eventually(async () => (await waits(c)) && (await waits(b)));
  const began = Date.now();
  await load([run('a')]);
  await Promise.all([b.result(), c.result()]);
  expect(extracted).toEqual([run('a'), run('b'), run('c')]);
  expect(Date.now() - began).toBeLessThan(30_000);
  for (const handle of [b, c]) {
    const { events } = await handle.fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(1);
  }
});

test('a retry with downstream makes again what used the run, in order, and each keeps its params', async () => {
  const { define, load, extracted, followed, client } = service;
  const run = define({ a: [], b: ['a'], c: ['b'], other: [] });
  await load([run('a'), run('other')]);
  await load([run('b')], { params: { kept: 'yes' } });
  await load([run('c')]);
  extracted.splice(0);
  await load([run('a')], { downstream: true });
  const once = { status: 'completed', total: 1, succeeded: 1, left: [] };
  expect(await followed(run('a'))).toMatchObject({ pipelines: [once, once] });
  expect(extracted).toEqual([run('a'), run('b'), run('c')]);
  const { events } = await client.workflow.getHandle(run('b')).fetchHistory();
  const [begun] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const input: unknown = JSON.parse(Buffer.from(begun?.data ?? []).toString());
  expect(input).toMatchObject({ trigger: 'manual', params: { kept: 'yes' } });
});

test('on a diamond the last pipeline runs again once, when both ways to it have ended', async () => {
  const { define, load, extracted, held, countOf, client, followed } = service;
  const run = define({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] });
  await load(['a', 'b', 'c', 'd'].map((name) => run(name)));
  extracted.splice(0);
  held.add(run('c'));
  await load([run('a')], { downstream: true });
  await eventually(() => countOf(run('b')) === 1 && countOf(run('c')) === 1);
  await client.workflow.getHandle(run('b')).result();
  await passing(1_000);
  expect(countOf(run('d'))).toBe(0);
  held.clear();
  await followed(run('a'));
  expect([...extracted].sort()).toEqual(['a', 'b', 'c', 'd'].map((name) => run(name)));
  expect(extracted.at(-1)).toBe(run('d'));
});

test('what has nothing new to use, or would wait for what failed, is left alone', async () => {
  const { define, load, failing, followed, countOf, extracted } = service;
  const run = define({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: ['b'] });
  await load(['a', 'b', 'c', 'd', 'e'].map((name) => run(name)));
  extracted.splice(0);
  failing.add(run('b'));
  await load([run('a')], { downstream: true });
  const { pipelines } = await followed(run('a'));
  expect(Object.fromEntries(pipelines.map((one) => [one.pipeline.slice(-1), one]))).toMatchObject({
    b: { status: 'failed', failedCount: 1 },
    c: { status: 'completed' },
    d: { status: 'nothing to do', left: ['1 interval that would wait for one that has not loaded'] },
    e: { status: 'nothing to do' },
  });
  expect(countOf(run('d')) + countOf(run('e'))).toBe(0);
});

test('a run of a dependent that is under way is waited for, and then made again', async () => {
  const { define, load, start, held, countOf, follower, followed } = service;
  const run = define({ a: [], b: ['a'] });
  await load([run('a'), run('b')]);
  held.add(run('b'));
  const early = await start(run('b'));
  await eventually(() => countOf(run('b')) === 2);
  await load([run('a')], { downstream: true });
  await eventually(async () => {
    const { pipelines } = await follower(run('a')).query<DownstreamResult>('progress');
    return pipelines[0]?.status === 'running';
  });
  held.clear();
  await followed(run('a'));
  await early.result();
  expect(countOf(run('b'))).toBe(3);
});

test('hours of a day are retried with the day that used them, once', async () => {
  const { define, load, extracted, client, settings, followed } = service;
  const run = define({ a: [], day: ['a'] }, { day: '1 day' });
  const day = lastComplete({ every: 24 * hourly.every, offset: 0 }, Date.now());
  const hours = intervalsBetween(hourly, Date.parse(day.start), Date.parse(day.end));
  await Promise.all(hours.map((one) => load([run('a', one)])));
  await load([run('day', day)]);
  extracted.splice(0);
  const { pipeline } = parseRunName(run('a', day)) ?? {};
  const retries = hours.slice(0, 3).map((interval) => ({ interval, from: 'extract' as const }));
  const range = { from: hours[0]?.start ?? '', to: hours[2]?.end ?? '' };
  const given = { pipeline, ...range, grid: hourly, retries, reprocess: 'completed', maxActive: 2, downstream: true };
  await client.workflow.execute('backfill', {
    workflowId: `retry-${pipeline}`,
    taskQueue: settings.taskQueue,
    args: [{ ...given, dbt: 'skip', dbtTarget: 'none', heartbeatTimeout: 10_000, params: {} }],
  });
  await followed(`retry-${pipeline}`);
  expect(extracted).toHaveLength(4);
  expect(extracted.at(-1)).toBe(run('day', day));
});

test('one that is cancelled ends the runs that it has begun, and begins no other', async () => {
  const { define, load, held, countOf, follower, followed, client, extracted } = service;
  const run = define({ a: [], b: ['a'], c: ['b'] });
  await load(['a', 'b', 'c'].map((name) => run(name)));
  extracted.splice(0);
  held.add(run('b'));
  await load([run('a')], { downstream: true });
  await eventually(() => countOf(run('b')) === 1);
  await follower(run('a')).cancel();
  await passing(500);
  held.clear();
  await expect(followed(run('a'))).rejects.toThrow();
  await eventually(async () => (await client.workflow.getHandle(run('b')).describe()).status.name !== 'RUNNING');
  expect(countOf(run('c'))).toBe(0);
});
