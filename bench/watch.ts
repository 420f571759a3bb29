import { parseArgs } from 'node:util';
import { putClosed } from '../lake/closed-runs.js';
import { duration, intervalsBetween, lastComplete } from '../model/interval.js';
import { pool } from '../model/pool.js';
import { runName, scheduleId } from '../model/names.js';
import type { Pipeline } from '../define/pipeline.js';
import type { Warehouse } from '../warehouse/data-api.js';
import { bundleWorkflows } from '../test/support/bundle-workflows.js';
import { noOpService, plainPipeline, type NoOpService } from '../test/support/no-op-service.js';
import { ownTemporal } from '../test/support/own-temporal.js';
import { countCalls } from './watch/count-calls.js';
import { farStore } from './watch/far-store.js';
import { report, type Figures } from './watch/report.js';
import { slowProxy } from './watch/slow-proxy.js';

const help = `Usage: npm run bench:watch -- [--hourly N] [--often N] [--looks N] [--json]

Looks of the watch at hourly pipelines and at some that run every five minutes, each with seven days of catchup and
everything loaded, on a Temporal that answers 25 ms later, a lake of 15 ms a request and a ledger of 600 ms a
statement. Prints the time of a look, and what it asks of each: the first look of a deployment whose runs only the
ledger knows, one while every pipeline has a run under way, and looks with nothing new.

  --hourly N   hourly pipelines (default 500)
  --often N    pipelines every five minutes (default 10)
  --looks N    looks with nothing new (default 3)
  --json       the figures as JSON

Exit: 0 each look took less than a minute, the first, which copies the ledger, less than the five minutes to the
next, and after the first none asked the ledger; 1 not so; 2 usage.
`;

const latency = { temporal: 25, lake: 15, ledger: 600 };
const most = 60_000;
/** once in the life of a deployment: the next look must not be left out */
const mostOfFirst = 300_000;
const catchup = duration('7 days');

export async function main(args: string[]): Promise<number> {
  const options = read(args);
  if (!options) return 2;
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const temporal = await ownTemporal();
  const proxy = await slowProxy(temporal.address, latency.temporal);
  try {
    const figures = await measure(proxy.address, options);
    const isMet = figures.every(({ milliseconds, statements }, at) =>
      at === 0 ? milliseconds < mostOfFirst : milliseconds < most && statements === 0,
    );
    process.stdout.write(options.json ? `${JSON.stringify({ latency, figures, isMet })}\n` : report(figures, latency));
    return isMet ? 0 : 1;
  } finally {
    proxy.close();
    await temporal.close();
  }
}

interface Options {
  hourly: number;
  often: number;
  looks: number;
  json: boolean;
  help: boolean;
}

function read(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        hourly: { type: 'string', default: '500' },
        often: { type: 'string', default: '10' },
        looks: { type: 'string', default: '3' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [hourly, often, looks] = [Number(values.hourly), Number(values.often), Number(values.looks)];
    if (![hourly, often, looks].every((count) => Number.isInteger(count) && count >= 0)) {
      throw new Error('--hourly, --often and --looks take whole numbers');
    }
    return { ...values, hourly, often, looks };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    return undefined;
  }
}

async function measure(address: string, { hourly, often, looks }: Options): Promise<Figures[]> {
  // the next five minutes begin now: no further interval is due while looks are measured
  const started = Date.now();
  const offset = (started % duration('5 minutes')) + 1;
  const pipelineOf = (name: string, every: string): Pipeline => ({
    ...plainPipeline,
    name,
    grid: { every: duration(every), offset: every === '1 hour' ? 0 : offset },
    catchup,
    policy: { ...plainPipeline.policy, alerts: { late: ['log'] } },
  });
  const pipelines = [
    ...Array.from({ length: hourly }, (_, at) => pipelineOf(`hourly${at}`, '1 hour')),
    ...Array.from({ length: often }, (_, at) => pipelineOf(`often${at}`, '5 minutes')),
  ];
  const { store, requests } = farStore(latency.lake);
  let statements = 0;
  const warehouse = ledgerOf(pipelines, started, () => statements++);
  const service = await noOpService(address, await bundleWorkflows(), () => ({}), { store, warehouse });
  try {
    const calls = countCalls(service.client);
    service.pipelines.push(...pipelines);
    process.stderr.write(`${pipelines.length} schedules ...\n`);
    await applyAll(service, pipelines);
    const found: Figures[] = [];
    const look = async (name: string) => {
      Object.assign(requests, { list: 0, get: 0, put: 0, head: 0 });
      calls.reset();
      statements = 0;
      const from = Date.now();
      const handle = await service.client.workflow.start('watch', {
        workflowId: `watch-${found.length}`,
        taskQueue: service.settings.taskQueue,
      });
      const result = (await handle.result()) as Record<string, { late: number; missing: number }>;
      const milliseconds = Date.now() - from;
      const open = Object.values(result).reduce((sum, { late, missing }) => sum + late + missing, 0);
      const seen = Object.keys(result).length;
      if (seen !== pipelines.length || open > 0) {
        throw new Error(`${name}: ${seen} of ${pipelines.length} pipelines, ${open} intervals late or missing`);
      }
      const events = (await handle.describe()).historyLength;
      found.push({ name, milliseconds, ...calls.counts(), ...requests, statements, events });
      process.stderr.write(`${name}: ${(milliseconds / 1000).toFixed(1)} s\n`);
    };
    const due = pipelines.map((pipeline) => ({ pipeline, interval: lastComplete(pipeline.grid, started) }));
    await forEach(due, ({ pipeline: { name, grid }, interval }) =>
      service.client.workflow.start('pipelineRun', {
        workflowId: runName(name, interval),
        taskQueue: 'nobody',
        args: [{ pipeline: name, interval, grid, trigger: 'schedule', dbt: 'skip', params: {} }],
      }),
    );
    await look('first: only the ledger knows');
    await look('a run under way in each');
    await forEach(due, ({ pipeline, interval }) => {
      const run = { ...interval, status: 'completed' as const, runId: 'run', finishedAt: interval.end };
      return putClosed(store, service.settings.lakeBucket, pipeline.name, run);
    });
    for (let count = 1; count <= looks; count++) await look(`nothing new, ${count}`);
    return found;
  } finally {
    await service.close();
  }
}

/** everything has loaded that is due */
function ledgerOf(pipelines: Pipeline[], started: number, count: () => void): Warehouse {
  const byName = new Map(pipelines.map((pipeline) => [pipeline.name, pipeline]));
  return {
    async query(_sql, { pipeline = '', from = '', to = '' } = {}) {
      count();
      await new Promise((resolve) => setTimeout(resolve, latency.ledger));
      const grid = byName.get(pipeline)?.grid;
      if (!grid) return [];
      const time = (bare: string) => Date.parse(`${bare.replace(' ', 'T')}Z`);
      // all but the one that is due last; also those that are due while looks are measured
      const last = lastComplete(grid, started).start;
      const intervals = intervalsBetween(grid, time(from), time(to) + duration('2 hours'));
      return intervals
        .filter(({ start }) => start !== last)
        .map(({ start, end }) => ({
          interval_start: start,
          interval_end: end,
          run_id: `run-of-${end}`,
          status: 'completed',
          finished_at: end,
        }));
    },
    execute: () => Promise.reject(new Error('the watch writes nothing there')),
  };
}

function applyAll({ client, settings }: NoOpService, pipelines: Pipeline[]): Promise<void> {
  return forEach(pipelines, ({ name, grid }) =>
    client.schedule.create({
      scheduleId: scheduleId(name),
      spec: { intervals: [{ every: duration('365 days') }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'pipelineRun',
        workflowId: name,
        taskQueue: settings.taskQueue,
        args: [{ pipeline: name, grid, trigger: 'schedule', dbt: 'skip', params: {} }],
      },
    }),
  );
}

async function forEach<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const broken = (await pool(items, 32, work)).find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;
}
