import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { BackfillInput } from '../../model/backfill.js';
import { lastComplete, iso } from '../../model/interval.js';
import { poolId, runName, scheduleId } from '../../model/names.js';
import type { Ask, PoolState } from '../../model/slots.js';
import type { StepOutcome } from '../../model/step-outcome.js';
import { applySchedule } from '../../control/apply-schedule.js';
import { poolsCommand } from '../../starter/commands/pools.js';
import type { Context } from '../../control/context.js';
import { backfill } from '../../workflows/backfill.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { eventually } from '../support/eventually.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';

const hour = 3_600_000;
const grid = { every: hour, offset: 0 };
const address = () => inject('stack').environment['TEMPORAL_ADDRESS'] ?? '';
const codePath = () => builtWorkflows().codePath;

/** a source that counts how many requests it serves at once, and answers none until its gate is open */
async function countingSource() {
  let now = 0;
  let isOpen = false;
  const source = { most: 0, asked: [] as string[], open: () => void (isOpen = true), url: '', close: () => {} };
  const server = createServer((request, response) => {
    now++;
    source.most = Math.max(source.most, now);
    source.asked.push(request.url?.slice(1) ?? '');
    // also when whoever asked was killed
    response.once('close', () => now--);
    void eventually(() => isOpen || response.destroyed).then(() => setTimeout(() => response.end('{}'), 300));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  source.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  source.close = () => void server.close();
  return source;
}

async function poolWorker(namespace: string, url: string): Promise<ChildProcess> {
  const file = new URL('../support/pool-worker.ts', import.meta.url).pathname;
  const words = ['--no-warnings', '--import', 'tsx', file, address(), namespace, codePath(), url];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}

test('a schedule, a backfill and runs by hand of three pipelines share two slots, through the kill of a worker', async () => {
  const source = await countingSource();
  const starter = await noOpService(address(), { codePath: codePath() });
  const { client, settings } = starter;
  const { namespace } = client.options;
  // it made the namespace; the work is that of the processes that are killed
  await starter.close();
  const fresh = await clientOf(namespace);
  const killed = await poolWorker(namespace, source.url);
  const workers = [killed];
  try {
    const last = lastComplete(grid, Date.now());
    const end = Date.parse(last.end);
    const at = (hours: number) => ({ start: iso(end - (hours + 1) * hour), end: iso(end - hours * hour) });
    const scheduled = { ...plainPipeline, name: 'a', grid, pool: 'shop-api' };
    const { taskQueue } = settings;
    await applySchedule(scheduled, {
      client: fresh.client.schedule,
      taskQueue,
      dryRun: false,
      loadedUpTo: async () => undefined,
    });
    const schedule = fresh.client.schedule.getHandle(scheduleId('a'));
    await schedule.backfill({ start: new Date(end - 1_000), end: new Date(end + 1_000), overlap: 'ALLOW_ALL' });
    const range: BackfillInput = {
      pipeline: 'b',
      from: at(2).start,
      to: last.end,
      grid,
      maxActive: 3,
      dbt: 'skip',
      dbtTarget: 't',
      heartbeatTimeout: 10_000,
      params: {},
    };
    const filling = await fresh.client.workflow.start(backfill, { workflowId: 'fill', taskQueue, args: [range] });
    const byHand = [0, 1].map((hours) => ({ pipeline: 'c', interval: at(hours), grid, trigger: 'manual' as const }));
    for (const input of byHand) {
      await fresh.client.workflow.start(pipelineRun, {
        workflowId: runName('c', input.interval),
        taskQueue,
        args: [{ ...input, dbt: 'skip', params: {} }],
      });
    }
    const all = [
      runName('a', last),
      ...[2, 1, 0].map((hours) => runName('b', at(hours))),
      ...byHand.map(({ interval }) => runName('c', interval)),
    ];
    const pool = () => fresh.client.workflow.getHandle(poolId('shop-api')).query<PoolState>('pool');
    await eventually(async () => {
      const { holders, waiting } = await pool().catch(() => ({ holders: [], waiting: [] }));
      return holders.length === 2 && waiting.length === 4;
    });
    await eventually(() => source.asked.length === 2);
    const before = (await pool()).holders.map(({ workflowId }) => workflowId);
    expect(source.asked.toSorted()).toEqual(before.toSorted());

    killed.kill('SIGKILL');
    await once(killed, 'exit');
    workers.push(await poolWorker(namespace, source.url));
    expect((await pool()).holders.map(({ workflowId }) => workflowId)).toEqual(before);
    source.open();
    for (const id of all) await fresh.client.workflow.getHandle(id).result();
    expect(await filling.result()).toMatchObject({ succeeded: 3, failedCount: 0 });

    expect(source.most).toBe(2);
    expect([...new Set(source.asked)].toSorted()).toEqual(all.toSorted());
    const { holders, waiting } = await pool();
    expect({ holders, waiting }).toEqual({ holders: [], waiting: [] });
    for (const id of all) {
      const history = await fresh.client.workflow.getHandle(id).fetchHistory();
      await Worker.runReplayHistory({ workflowBundle: builtWorkflows() }, history, id);
    }
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
    await fresh.connection.close();
    source.close();
  }
}, 180_000);

async function clientOf(namespace: string) {
  const { Client, Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address: address() });
  return { connection, client: new Client({ connection, namespace }) };
}

let service: NoOpService;
/** runs that may end their extract */
const freed = new Set<string>();
const began: string[] = [];
beforeAll(async () => {
  service = await noOpService(address(), builtWorkflows(), () => ({
    extract: async ({ run }) => {
      began.push(run.workflowId);
      await eventually(() => freed.has(run.workflowId));
      return { manifest: { bucket: 'lake', key: 'none' }, parts: 0, files: 0, bytes: 0 };
    },
  }));
});
afterAll(() => service?.close());

const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };

function start(name: string, pool: string) {
  service.pipelines.push({ ...plainPipeline, name, pool });
  return service.client.workflow.start(pipelineRun, {
    workflowId: runName(name, interval),
    taskQueue: service.settings.taskQueue,
    args: [{ pipeline: name, interval, grid, trigger: 'manual', dbt: 'skip', params: {} }],
  });
}

const stateOf = (pool: string) => service.client.workflow.getHandle(poolId(pool)).query<PoolState>('pool');

/** what the command says, for people or as JSON */
async function poolsSay(pools: Record<string, number>, json?: true): Promise<string> {
  let said = '';
  const { client, pipelines } = service;
  const context = {
    terminal: {
      print: (text: string) => void (said += text),
      say: (text: string) => void (said += text),
      width: () => 200,
    },
    project: async () => ({ pools, pipelines }),
    temporal: async () => ({ client, namespace: client.options.namespace }),
  };
  expect(await poolsCommand.run(context as unknown as Context, json ? { json } : {})).toBe(0);
  return said;
}

test('`waterclock pools` says who holds and who waits; more slots are granted once a run brings the number', async () => {
  service.pools['crm'] = 1;
  const [d, e, f] = ['d', 'e', 'f'].map((name) => runName(name, interval)) as [string, string, string];
  const first = await start('d', 'crm');
  await eventually(() => began.includes(d));
  const second = await start('e', 'crm');
  await eventually(async () => (await stateOf('crm')).waiting.length === 1);
  const pools = { crm: 1, idle: 3 };
  expect(JSON.parse(await poolsSay(pools, true))).toMatchObject([
    { pool: 'crm', slots: 1, pipelines: ['d', 'e'], holders: [{ run: d }], waiting: [{ run: e }], quietUntil: null },
    { pool: 'idle', slots: 3, pipelines: [], holders: [], waiting: [] },
  ]);
  const said = await poolsSay(pools);
  expect(said).toMatch(/^crm {2}1 of 1 slots taken, 1 waiting {2}\(d, e\)/);
  expect(said).toMatch(/^e-2022-11-24T11:00:00Z +waits /m);
  expect(said).toContain('idle  0 of 3 slots taken, 0 waiting  (no pipeline names it)');
  expect(await poolsSay({})).toContain('the project has no pools');

  service.pools['crm'] = 3;
  const third = await start('f', 'crm');
  await eventually(() => began.includes(e) && began.includes(f));
  for (const id of [d, e, f]) freed.add(id);
  await Promise.all([first.result(), second.result(), third.result()]);
  expect((await stateOf('crm')).holders).toEqual([]);
});

test('a run that is reset gives back what it held and waits for another slot', async () => {
  service.pools['erp'] = 1;
  const [g, h] = ['g', 'h'].map((name) => runName(name, interval)) as [string, string];
  const first = await start('g', 'erp');
  await eventually(() => began.includes(g));
  const second = await start('h', 'erp');
  await eventually(async () => (await stateOf('erp')).waiting.length === 1);
  const { connection, options } = service.client;
  const { events } = await first.fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await connection.workflowService.resetWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId: g, runId: first.firstExecutionRunId },
    reason: 'a test',
    requestId: 'once',
    workflowTaskFinishEventId: tasks.at(-1)?.eventId ?? null,
  });
  await eventually(() => began.includes(h));
  const again = service.client.workflow.getHandle(g, runId);
  await eventually(async () => (await again.query<StepOutcome[]>('steps'))[0]?.state === 'waiting');
  freed.add(h).add(g);
  await Promise.all([second.result(), again.result()]);
  expect((await stateOf('erp')).holders).toEqual([]);
  await Worker.runReplayHistory({ workflowBundle: builtWorkflows() }, await again.fetchHistory(), g);
});

test('a busy pool continues as new with its holders and its queue', async () => {
  service.pools['busy'] = 1;
  const [i, j] = ['i', 'j'].map((name) => runName(name, interval)) as [string, string];
  const first = await start('i', 'busy');
  await eventually(() => began.includes(i));
  const second = await start('j', 'busy');
  await eventually(async () => (await stateOf('busy')).waiting.length === 1);
  const handle = service.client.workflow.getHandle(poolId('busy'));
  const { runId } = await handle.describe();
  const claim = { id: 'x', workflowId: 'nobody', runId: '00000000-0000-4000-8000-000000000000', since: Date.now() };
  // the server suggests it at 4,096 events; many at once, since each by itself waits for the server's disk
  const busy = () => [handle.signal<[Ask]>('ask', { ...claim, slots: 1 }), handle.signal('leave', { id: 'x' })];
  for (let sent = 0; sent < 8_000 && (await handle.describe()).runId === runId; sent += 100)
    await Promise.all(Array.from({ length: 50 }, busy).flat());
  await eventually(async () => (await handle.describe()).runId !== runId);
  const { holders, waiting } = await stateOf('busy');
  expect(holders.map(({ workflowId }) => workflowId)).toEqual([i]);
  expect(waiting.map(({ workflowId }) => workflowId)).toContain(j);
  freed.add(i).add(j);
  await Promise.all([first.result(), second.result()]);
  const earlier = await service.client.workflow.getHandle(poolId('busy'), runId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: builtWorkflows() }, earlier, poolId('busy'));
}, 900_000);
