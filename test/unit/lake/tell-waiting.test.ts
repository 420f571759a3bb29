import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { putClosed } from '../../../lake/closed-runs.js';
import { tellWaiting } from '../../../lake/tell-waiting.js';
import type { Linked } from '../../../model/dependents.js';
import { intervalsBetween, type Grid, type Interval } from '../../../model/interval.js';
import { runName } from '../../../model/names.js';
import type { RunStatus } from '../../../model/run-result.js';
import { memoryStore } from '../../../testing/memory-store.js';

const hour = 3_600_000;
const hourly: Grid = { every: hour, offset: 0 };
const daily: Grid = { every: 24 * hour, offset: 0 };
const hours = intervalsBetween(hourly, Date.parse('2026-03-01T00:00:00Z'), Date.parse('2026-03-02T00:00:00Z'));
const day: Interval = { start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' };
const linked = (name: string, after: string[], grid: Grid): Linked => ({ name, grid, policy: { after } });

/** Temporal with these runs: what each says in `Step`, or how it ended */
function temporal(runs: Record<string, string>, ending: string[] = []) {
  const signals: string[] = [];
  const getHandle = (id: string) => ({
    async describe() {
      const step = runs[id];
      if (step === undefined) throw new WorkflowNotFoundError('not there', id, undefined);
      const name = step === 'COMPLETED' ? 'COMPLETED' : 'RUNNING';
      return { status: { name }, runId: `run-id-of-${id}`, typedSearchAttributes: { get: () => step } };
    },
    async signal(name: string, pipeline: string) {
      if (ending.includes(id)) throw new WorkflowNotFoundError('has ended', id, undefined);
      signals.push(`${name} ${id} ${pipeline}`);
    },
  });
  return { client: { workflow: { getHandle } } as unknown as Client, signals };
}

test('only a run that says it waits is signalled: none that is not there, not yet waiting, past it, or over', async () => {
  const pipelines = [linked('a', [], hourly), ...['b', 'c', 'd', 'e', 'f'].map((name) => linked(name, ['a'], hourly))];
  const [first] = hours as [Interval];
  const { client, signals } = temporal({
    [runName('b', first)]: 'wait',
    [runName('c', first)]: 'extract',
    [runName('d', first)]: 'COMPLETED',
    [runName('f', first)]: '',
  });
  const telling = { client, store: memoryStore(), bucket: 'lake', pipelines };
  expect(await tellWaiting(telling, { pipeline: 'a', interval: first })).toEqual([runName('b', first)]);
  expect(signals).toEqual([`upstreamLoaded ${runName('b', first)} a`]);
});

test('a day hears of the last of its hours that is done, whichever it is', async () => {
  const pipelines = [linked('a', [], hourly), linked('b', ['a'], daily)];
  const { client, signals } = temporal({ [runName('b', day)]: 'wait' });
  const store = memoryStore();
  const telling = { client, store, bucket: 'lake', pipelines };
  const ends = async (interval: Interval, status: RunStatus, finishedAt: string) => {
    await putClosed(store, 'lake', 'a', { ...interval, runId: status, status, finishedAt });
    return tellWaiting(telling, { pipeline: 'a', interval });
  };
  const [seventh, ...others] = [hours[6], ...hours.slice(0, 6), ...hours.slice(7)] as [Interval, ...Interval[]];
  await putClosed(store, 'lake', 'a', { ...seventh, runId: 'x', status: 'failed', finishedAt: day.end });
  for (const interval of others) expect(await ends(interval, 'completed', day.end)).toEqual([]);
  expect(await ends(seventh, 'marked', '2026-03-02T05:00:00Z')).toEqual([runName('b', day)]);
  expect(signals).toHaveLength(1);
});

test('hours that wait for a day are all signalled', async () => {
  const pipelines = [linked('a', [], daily), linked('b', ['a'], hourly)];
  const { client, signals } = temporal(Object.fromEntries(hours.map((one) => [runName('b', one), 'wait'])));
  await tellWaiting({ client, store: memoryStore(), bucket: 'lake', pipelines }, { pipeline: 'a', interval: day });
  expect(signals).toHaveLength(24);
});

test('one that ends meanwhile, and a pipeline that is not defined any more, are no failure', async () => {
  const pipelines = [linked('a', [], hourly), linked('b', ['a'], hourly)];
  const [first] = hours as [Interval];
  const { client } = temporal({ [runName('b', first)]: 'wait' }, [runName('b', first)]);
  const telling = { client, store: memoryStore(), bucket: 'lake', pipelines };
  expect(await tellWaiting(telling, { pipeline: 'a', interval: first })).toEqual([]);
  expect(await tellWaiting(telling, { pipeline: 'gone', interval: first })).toEqual([]);
});
