import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { endLeftovers, removeState, testsFolder } from '../local/leftovers.js';
import { examples } from '../local/paths.js';
import { freePorts } from '../local/ports.js';
import { startStack, type Stack } from '../local/stack.js';
import { runName } from '../model/names.js';
import type { RunInput } from '../model/plan.js';
import { run, type Build, type Target, type Way } from './dbt/build.js';
import { report, type Measured } from './dbt/report.js';
import { waterclock } from './orchestration/processes.js';
import { subjects } from './statements/subjects.js';

const help = `Usage: npm run bench:dbt -- [--builds N] [--json]

Builds the models that ship with dbt, on data that the pipelines have loaded: by dbt-redshift on the wire of the local
Redshift, by hand and in a process that has loaded dbt as runs have one, and in turns by dbt-postgres by hand on a copy
of its database in plain PostgreSQL. Prints the time of both, of
dbt's own process in it, and of the statements by kind. The best of each is compared; a first build of each, which
parses the project, is left out.

  --builds N   builds of each (default 3)
  --json       the figures as JSON
`;

const copy = 'plain';
const subjectsOfBuilds: [Target, Way][] = [
  ['local-postgres', 'by hand'],
  ['local', 'by hand'],
  ['local', 'as a run'],
];

export async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { builds: { type: 'string', default: '3' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const builds = Number(values.builds);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (!Number.isInteger(builds) || builds < 1) {
    process.stderr.write(`--builds takes a whole number from 1 on\n\n${help}`);
    return 2;
  }
  await endLeftovers();
  const state = join(testsFolder(), `dbt-${process.pid}`);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const onGivenUp = (failure: Error) => say(failure.message);
  const parts = { state, ports: await freePorts(), own: env, project: examples, upstream: {}, onLine: say, onGivenUp };
  const stack = await startStack(parts);
  try {
    await load(stack);
    const measured = await measure(stack, join(state, 'dbt'), builds);
    const text = values.json ? `${JSON.stringify(measured)}\n` : report(measured);
    // all statements are more than a pipe holds, and this process ends at once
    await new Promise((resolve) => process.stdout.write(text, resolve));
    return 0;
  } finally {
    await stack.stop({ now: true });
    removeState(state);
  }
}

/** the last interval of each pipeline, without its models */
async function load(stack: Stack): Promise<void> {
  const found = await subjects(stack);
  const environment = stack.environment();
  waterclock(environment, 'setup');
  await stack.startWorker();
  const connection = await Connection.connect({ address: environment['TEMPORAL_ADDRESS'] ?? '' });
  const { workflow } = new Client({ connection });
  try {
    for (const { name, grid, intervals } of found) {
      const interval = intervals.at(-1);
      if (!interval) continue;
      const input: RunInput = { pipeline: name, interval, grid, trigger: 'manual', dbt: 'skip', params: {} };
      const workflowId = runName(name, interval);
      const taskQueue = environment['WATERCLOCK_TASK_QUEUE'] ?? '';
      await workflow.execute('pipelineRun', { workflowId, taskQueue, args: [input] });
      say(`${name}: loaded`);
    }
  } finally {
    await connection.close();
  }
}

async function measure(stack: Stack, folder: string, builds: number): Promise<Measured[]> {
  const wire = stack.environment();
  await copyDatabase(wire);
  const targets: Record<Target, Record<string, string>> = {
    'local-postgres': { ...wire, PGDATABASE: copy },
    local: wire,
  };
  const found: Measured[] = [];
  for (const [target, way] of subjectsOfBuilds) {
    const place = { environment: targets[target], target, folder };
    await run(place);
    const { seconds } = await run(place, way, ['parse']);
    found.push({ target, way, parseSeconds: seconds, builds: [] as Build[] });
  }
  for (let at = 0; at < builds; at++)
    for (const { target, way, builds: done } of found)
      done.push(await run({ environment: targets[target], target, folder }, way));
  return found;
}

/** the same rows for both, where neither sees the other's models */
async function copyDatabase({ PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE = '' }: Record<string, string>) {
  const client = new pg.Client({
    host: PGHOST,
    port: Number(PGPORT),
    user: PGUSER,
    password: PGPASSWORD,
    database: 'postgres',
  });
  await client.connect();
  try {
    // a template has no other connections; those of the service are made again when it needs them
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [PGDATABASE]);
    await client.query(`create database ${copy} template ${client.escapeIdentifier(PGDATABASE)}`);
  } finally {
    await client.end();
  }
}

const say = (line: string) => void process.stderr.write(`${line}\n`);
