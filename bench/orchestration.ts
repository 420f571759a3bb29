import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { endLeftovers, removeState, testsFolder } from '../local/leftovers.js';
import { freePorts } from '../local/ports.js';
import { startStack } from '../local/stack.js';
import { root } from '../local/paths.js';
import { measureAirflow } from './orchestration/airflow.js';
import { afterServerDeath, afterWorkerDeath, allAtOnce, oneAtATime } from './orchestration/measure.js';
import { megabytes, peakMegabytes, pidOf, startWorker, stop, waterclock } from './orchestration/processes.js';
import { judge, report, type Figures } from './orchestration/report.js';
import { bare, withoutWork, withWork } from './orchestration/subjects.js';

const help = `Usage: npm run bench:orchestration -- [--runs N] [--many N] [--airflow] [--json]

What orchestration itself costs: runs of five steps without work, by this service (plan, manifests, search
attributes, ledger) and by a bare Temporal workflow on the same server and worker; an hour of readings
for comparison. Recovery is measured from SIGKILL; the worker and the server are started again at once.

  --runs N     runs that are timed one after the other (default 20)
  --many N     runs of the large batch (default 1000)
  --airflow    the same from Airflow 3, LocalExecutor on PostgreSQL; its packages are installed on first use
  --json       the figures as JSON

Exit: 0 targets met, 1 missed, 2 usage.

Examples:
  npm run bench:orchestration
  npm run bench:orchestration -- --runs 5 --many 100 --json
  npm run bench:orchestration -- --airflow
`;

export async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const options = read(args);
  if (!options) return 2;
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  await endLeftovers();
  const state = join(testsFolder(), `bench-${process.pid}`);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const stack = await startStack({
    state,
    ports: await freePorts(),
    own: env,
    project: join(root, 'test/project'),
    upstream: {},
    onLine: say,
    onGivenUp: (failure) => say(failure.message),
  });
  const end = async () => {
    await stack.stop({ now: true });
    removeState(state);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void end().then(() => process.exit(130)));
  }
  try {
    const environment = stack.environment();
    waterclock(environment, 'setup');
    const found = await measureAll(state, environment, options);
    if (options.airflow) found.push(await measureAirflow({ state, environment, env, runs: options.runs, say }));
    const isMet = judge(found);
    process.stdout.write(options.json ? `${JSON.stringify({ figures: found, isMet })}\n` : report(found));
    return isMet ? 0 : 1;
  } finally {
    await end();
  }
}

interface Options {
  runs: number;
  many: number;
  airflow: boolean;
  json: boolean;
  help: boolean;
}

function read(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        runs: { type: 'string', default: '20' },
        many: { type: 'string', default: '1000' },
        airflow: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [runs, many] = [Number(values.runs), Number(values.many)];
    if (!(Number.isInteger(runs) && Number.isInteger(many) && runs > 0 && many > 0)) {
      throw new Error(`--runs and --many take whole numbers from 1 on, got ${values.runs} and ${values.many}`);
    }
    return { ...values, runs, many };
  } catch (error) {
    say(`${(error as Error).message}\n\n${help}`);
    return undefined;
  }
}

async function measureAll(
  state: string,
  environment: Record<string, string>,
  { runs, many }: Options,
): Promise<Figures[]> {
  let worker = await startWorker(environment);
  const connection = await Connection.connect({ address: environment['TEMPORAL_ADDRESS'] ?? '' });
  const client = new Client({ connection });
  const taskQueue = environment['WATERCLOCK_TASK_QUEUE'] ?? '';
  const pids = () => [pidOf(state, 'temporal'), worker.pid ?? 0];
  const found: Figures[] = [];
  try {
    const idle = megabytes(pids());
    for (const subject of [bare(client), withoutWork(client, taskQueue)]) {
      say(`${subject.name} ...`);
      const one = await oneAtATime(subject, runs);
      const { peak, result: dozens } = await peakMegabytes(pids, () => allAtOnce(subject, 48));
      const { peak: peakMany, result: thousand } = await peakMegabytes(pids, () => allAtOnce(subject, many));
      const workerDeath = await afterWorkerDeath(client, subject, async () => {
        await stop(worker, 'SIGKILL');
        worker = await startWorker(environment);
      });
      say(
        `  one run ${Math.round(one.median)} ms, 48 runs ${Math.round(dozens)} ms, worker killed ${Math.round(workerDeath)} ms`,
      );
      const serverDeath = await afterServerDeath(subject, () => process.kill(pidOf(state, 'temporal'), 'SIGKILL'));
      found.push({
        subject: subject.name,
        ...one,
        dozens,
        many: thousand,
        manyRuns: many,
        idle,
        peak: Math.max(peak, peakMany),
        workerDeath,
        serverDeath,
      });
    }
    const real = withWork(client, taskQueue);
    say(`${real.name} ...`);
    found.push({ subject: real.name, ...(await oneAtATime(real, runs)) });
    return found;
  } finally {
    await stop(worker);
    await connection.close();
  }
}

const say = (line: string) => void process.stderr.write(`${line}\n`);
