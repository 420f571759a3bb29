import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { megabytes, peakMegabytes } from '../orchestration/processes.js';
import { actionsOf } from './actions-of.js';
import { withStack, type Running } from './with-stack.js';

export interface Options {
  /** lone runs that are timed; a third of them with models */
  runs: number;
  /** hours of the ranges */
  ranges: number[];
}

/** times in ms, medians; requests and actions of one run without models */
export interface Cost {
  lone: number;
  /** each after some seconds in which nothing runs, as an hourly one; so are those with models */
  loneAtRest: number;
  loneWithModels: number;
  /** a bare workflow of five activities that do nothing, on the same server */
  bare: number;
  /** from the end of a run to the end of `run --wait` */
  waits: number;
  s3: number;
  dataApi: number;
  actions: number;
  historyBytes: number;
  /** of `backfill create --wait`, by hours */
  ranges: Record<string, number>;
  /** MB of the Temporal server and the worker together */
  idle: number;
  peak: number;
}

const hour = 3_600_000;
/** ms: a process that the last run has got ready is there */
const rest = 4_000;
const pipeline = 'earthquakes';
/** the beginning of the sample's week */
const first = Date.parse('2018-01-31T01:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

/** what runs cost by the version in `folder`; each range on a stack of its own, of intervals that nobody has loaded */
export async function measure(folder: string, { runs, ranges }: Options): Promise<Cost> {
  const alone = await withStack(folder, (running) => measureAlone(running, runs));
  const took: Record<string, number> = {};
  let peak = 0;
  for (const hours of ranges) {
    const range = await withStack(folder, (running) => measureRange(running, hours));
    took[hours] = range.ms;
    peak = Math.max(peak, range.peak);
  }
  return { ...alone, ranges: took, peak };
}

async function measureAlone(running: Running, runs: number): Promise<Omit<Cost, 'ranges' | 'peak'>> {
  const { client, environment, requests, pids } = running;
  const taskQueue = environment['WATERCLOCK_TASK_QUEUE'] ?? '';
  let count = 0;
  const nextStart = () => first + hour * count++;

  async function oneRun(dbt: 'skip' | 'build'): Promise<WorkflowHandle> {
    const start = nextStart();
    const interval = { start: iso(start), end: iso(start + hour) };
    const handle = await client.workflow.start('pipelineRun', {
      workflowId: `${pipeline}-${interval.end}`,
      taskQueue,
      args: [{ pipeline, interval, grid: { every: hour, offset: 0 }, trigger: 'manual', dbt, params: {} }],
    });
    await handle.result();
    return handle;
  }

  const atRest = async (dbt: 'skip' | 'build') => {
    await sleep(rest);
    return timed(() => oneRun(dbt));
  };

  const idle = megabytes(pids());
  // tables, views and models are made by the first
  await oneRun('build');
  const before = requests();
  const counted = await oneRun('skip');
  const after = requests();
  const { historySize = 0 } = await counted.describe();
  return {
    lone: await median(runs, () => timed(() => oneRun('skip'))),
    loneAtRest: await median(Math.ceil(runs / 3), () => atRest('skip')),
    loneWithModels: await median(Math.ceil(runs / 3), () => atRest('build')),
    bare: await bareMedian(environment, runs),
    waits: await median(3, () => untilCommandEnds(running, iso(nextStart()))),
    s3: after.s3 - before.s3,
    dataApi: after.dataApi - before.dataApi,
    actions: await actionsOf(counted),
    historyBytes: historySize,
    idle,
  };
}

async function untilCommandEnds({ begin, client }: Running, start: string): Promise<number> {
  const child = begin('run', pipeline, '--interval', start, '--dbt', 'skip', '--wait', '--json');
  let text = '';
  child.stdout?.on('data', (some: Buffer) => (text += some.toString()));
  await once(child, 'exit');
  const ended = Date.now();
  const { run } = JSON.parse(text.trim().split('\n').at(-1) ?? '{}') as { run: string };
  const { closeTime } = await client.workflow.getHandle(run).describe();
  return ended - (closeTime?.getTime() ?? ended);
}

async function measureRange({ begin, pids }: Running, hours: number): Promise<{ ms: number; peak: number }> {
  const range = ['--from', iso(first), '--to', iso(first + hours * hour), '--max-active', '8', '--dbt', 'skip'];
  const { peak, result: ms } = await peakMegabytes(pids, () =>
    timed(async () => {
      const [code] = (await once(begin('backfill', 'create', pipeline, ...range, '--wait', '--json'), 'exit')) as [
        number,
      ];
      if (code !== 0) throw new Error(`the backfill of ${hours} hours ended with ${code}`);
    }),
  );
  return { ms, peak };
}

async function bareMedian(environment: Record<string, string>, runs: number): Promise<number> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = environment['TEMPORAL_ADDRESS'] ?? '';
  const native = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    taskQueue: 'bare',
    workflowsPath: fileURLToPath(new URL('../orchestration/bare', import.meta.url)),
    activities: { noop: () => Promise.resolve() },
  });
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection });
  let count = 0;
  const run = () =>
    workflow.execute('bareRun', { taskQueue: 'bare', workflowId: `bare-${count++}`, args: [{ isHeld: false }] });
  try {
    return await worker.runUntil(async () => {
      await run();
      return median(runs, () => timed(run));
    });
  } finally {
    await connection.close();
    await native.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function median(times: number, work: () => Promise<number>): Promise<number> {
  const took: number[] = [];
  for (let time = 0; time < times; time++) took.push(await work());
  return took.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}
