import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePorts } from '../../local/ports.js';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { megabytes, peakMegabytes, stop } from './processes.js';
import type { Figures } from './report.js';

const root = join(import.meta.dirname, '../..');
const dag = 'five_steps';

export interface AirflowOptions {
  state: string;
  /** of the stack: its PostgreSQL keeps Airflow's state too */
  environment: Record<string, string>;
  env: NodeJS.ProcessEnv;
  runs: number;
  say(line: string): void;
}

/** Airflow as it comes: LocalExecutor on PostgreSQL, defaults otherwise */
export async function measureAirflow({ state, environment, env, runs, say }: AirflowOptions): Promise<Figures> {
  const python = await pythonVenv('airflow', env);
  say('airflow ...');
  const connection = {
    host: '127.0.0.1',
    port: Number(environment['PGPORT']),
    user: environment['PGUSER'],
    password: environment['PGPASSWORD'],
  };
  await query({ ...connection, database: 'postgres' }, 'create database airflow template template0');
  const home = join(state, 'airflow');
  mkdirSync(home, { recursive: true });
  const { upstream: port } = await freePorts();
  const settings = airflowSettings(connection, home, port, env);
  const airflow = join(dirname(python), 'airflow');
  execFileSync(airflow, ['db', 'migrate'], { env: settings, stdio: ['ignore', 'ignore', 'pipe'] });
  const children = [
    ['api-server', '--workers', '1', '--host', '127.0.0.1', '--port', String(port)],
    ['scheduler'],
    ['dag-processor'],
  ].map((words) => service(airflow, words, settings, home));
  const db = new pg.Client({ ...connection, database: 'airflow' });
  try {
    await db.connect();
    const api = await answering(port);
    await until(
      async () => (await db.query('select 1 from dag where dag_id = $1 and not is_paused', [dag])).rowCount === 1,
    );
    const pids = () => children.map(({ pid }) => pid ?? 0);
    const idle = megabytes(pids());
    await ended(db, [await api.trigger()]);
    const took: number[] = [];
    const gaps: number[] = [];
    const first: number[] = [];
    for (let run = 0; run < Math.min(runs, 10); run++) {
      const begun = Date.now();
      const id = await api.trigger();
      took.push((await ended(db, [id])) - begun);
      const steps = await stepsOf(db, id);
      first.push((steps[0]?.start ?? begun) - begun);
      gaps.push(...steps.slice(1).map(({ start }, at) => start - (steps[at]?.end ?? start)));
    }
    const begun = Date.now();
    const { peak, result } = await peakMegabytes(pids, async () =>
      ended(db, await Promise.all(Array.from({ length: 48 }, () => api.trigger()))),
    );
    return {
      subject: 'Airflow 3',
      steps: 5,
      median: median(took),
      p95: Math.max(...took),
      toFirstStep: median(first),
      gap: median(gaps),
      dozens: result - begun,
      idle,
      peak,
    };
  } finally {
    await db.end();
    await Promise.all(children.map((child) => stop(child, 'SIGTERM')));
  }
}

function airflowSettings(
  {
    host,
    port,
    user,
    password,
  }: { host: string; port: number; user: string | undefined; password: string | undefined },
  home: string,
  apiPort: number,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return {
    PATH: env['PATH'],
    HOME: env['HOME'],
    NO_PROXY: '127.0.0.1,localhost',
    AIRFLOW_HOME: home,
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `postgresql+psycopg2://${user}:${password}@${host}:${port}/airflow`,
    AIRFLOW__CORE__EXECUTOR: 'LocalExecutor',
    AIRFLOW__CORE__DAGS_FOLDER: join(root, 'bench/orchestration/dags'),
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'False',
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: 'True',
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${apiPort}/execution/`,
    AIRFLOW__API__BASE_URL: `http://127.0.0.1:${apiPort}`,
    AIRFLOW__API_AUTH__JWT_SECRET: randomBytes(32).toString('hex'),
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: 'False',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

function service(airflow: string, words: string[], env: NodeJS.ProcessEnv, home: string): ChildProcess {
  const log = openSync(join(home, `${words[0]}.log`), 'a');
  try {
    return spawn(airflow, words, { env, cwd: home, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

async function answering(port: number) {
  const address = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${address}/api/v2/monitor/health`).catch(() => undefined))?.ok === true);
  const { access_token: token } = (await (await fetch(`${address}/auth/token`)).json()) as { access_token: string };
  let count = 0;
  return {
    async trigger(): Promise<string> {
      const id = `run_${count++}`;
      const answer = await fetch(`${address}/api/v2/dags/${dag}/dagRuns`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ dag_run_id: id, logical_date: null }),
      });
      if (!answer.ok) throw new Error(`airflow answered ${answer.status}: ${await answer.text()}`);
      return id;
    },
  };
}

/** when the last of these runs ended, epoch ms */
async function ended(db: pg.Client, ids: string[]): Promise<number> {
  for (;;) {
    const { rows } = await db.query<{ state: string; at: string }>(
      `select state, extract(epoch from end_date) * 1000 as at from dag_run where run_id = any($1)`,
      [ids],
    );
    const failed = rows.find(({ state }) => state === 'failed');
    if (failed) throw new Error('a run of Airflow failed: see its logs');
    if (rows.length === ids.length && rows.every(({ state }) => state === 'success')) {
      return Math.max(...rows.map(({ at }) => Number(at)));
    }
    await sleep(50);
  }
}

async function stepsOf(db: pg.Client, id: string): Promise<{ start: number; end: number }[]> {
  const { rows } = await db.query<{ start: string; end: string }>(
    `select extract(epoch from start_date) * 1000 as start, extract(epoch from end_date) * 1000 as "end"
     from task_instance where run_id = $1 order by start_date`,
    [id],
  );
  return rows.map(({ start, end }) => ({ start: Number(start), end: Number(end) }));
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const since = Date.now(); !(await isSo());) {
    if (Date.now() - since > 120_000) throw new Error('airflow was not ready after two minutes');
    await sleep(200);
  }
}

async function query(connection: pg.ClientConfig, sql: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(sql);
  await client.end();
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
