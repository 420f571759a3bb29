import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { endLeftovers, removeState, testsFolder } from '../local/leftovers.js';
import { freePorts } from '../local/ports.js';
import { startStack, type Stack } from '../local/stack.js';
import { examples } from '../local/paths.js';
import type { Interval } from '../model/interval.js';
import { runName } from '../model/names.js';
import type { RunInput } from '../model/plan.js';
import { waterclock } from './orchestration/processes.js';
import { report, type Measured } from './statements/billed.js';
import { statementCounter } from './statements/statement-counter.js';
import { subjects } from './statements/subjects.js';

const help = `Usage: npm run bench:statements -- [--json]

Counts what a run of each pipeline sends to the warehouse, on the embedded stack: the statements of its loads and its
ledger rows, and the nodes of its dbt build. From that, and from what one of them takes on Redshift, which is an
assumption, it computes what a serverless warehouse is billed for in a month, of at least a minute each time that it
wakes. docs/cost.md has its figures from here; what the watch asks, which is nothing, npm run bench:watch counts.

  --json   the figures as JSON
`;

export async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  await endLeftovers();
  const state = join(testsFolder(), `statements-${process.pid}`);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const stack = await startStack({
    state,
    ports: await freePorts(),
    own: env,
    project: examples,
    upstream: {},
    onLine: say,
    onGivenUp: (failure) => say(failure.message),
  });
  try {
    const measured = await measure(stack);
    process.stdout.write(values.json ? `${JSON.stringify(measured)}\n` : report(measured));
    return 0;
  } finally {
    await stack.stop({ now: true });
    removeState(state);
  }
}

async function measure(stack: Stack): Promise<Measured[]> {
  const measuredOnes = await subjects(stack);
  const environment = stack.environment();
  waterclock(environment, 'setup');
  await stack.startWorker();
  const taskQueue = environment['WATERCLOCK_TASK_QUEUE'] ?? '';
  const counter = statementCounter(environment);
  const connection = await Connection.connect({ address: environment['TEMPORAL_ADDRESS'] ?? '' });
  const { workflow } = new Client({ connection });
  const run = (pipeline: string, grid: RunInput['grid'], interval: Interval) => {
    const input: RunInput = { pipeline, interval, grid, trigger: 'manual', dbt: 'skip', params: {} };
    return workflow.execute('pipelineRun', { workflowId: runName(pipeline, interval), taskQueue, args: [input] });
  };
  try {
    const measured: Measured[] = [];
    for (const { name, grid, intervals, aDay } of measuredOnes) {
      let statements = 0;
      // the first run makes what tables and views lack: the one after is like those of every day
      for (const interval of intervals) {
        const before = await counter.count();
        await run(name, grid, interval);
        statements = (await counter.count()) - before;
      }
      const built = JSON.parse(waterclock(environment, 'build', name, '--wait', '--json')) as { ok: number };
      measured.push({ pipeline: name, aDay, statements, nodes: built.ok });
      say(`${name}: ${statements} statements, ${built.ok} nodes of dbt`);
    }
    return measured;
  } finally {
    counter.close();
    await connection.close();
  }
}

const say = (line: string) => void process.stderr.write(`${line}\n`);
