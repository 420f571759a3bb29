import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type * as Leftovers from '../../local/leftovers.js';
import type * as Ports from '../../local/ports.js';
import type * as Stack from '../../local/stack.js';
import { pidOf } from '../orchestration/processes.js';
import { countingProxy } from './counting-proxy.js';

export interface Running {
  client: Client;
  environment: Record<string, string>;
  /** runs `waterclock` to its end */
  waterclock(...words: string[]): void;
  begin(...words: string[]): ChildProcess;
  /** requests of the worker so far */
  requests(): { s3: number; dataApi: number };
  /** of the Temporal server and the worker */
  pids(): number[];
}

interface Modules {
  stack: typeof Stack;
  ports: typeof Ports;
  leftovers: typeof Leftovers;
}

/** a stack of its own with the examples of the checkout in `folder`, set up, and its worker at work */
export async function withStack<T>(folder: string, work: (running: Running) => Promise<T>): Promise<T> {
  const of = <Name extends keyof Modules>(name: Name) =>
    import(pathToFileURL(join(folder, `local/${name}.ts`)).href) as Promise<Modules[Name]>;
  const { startStack } = await of('stack');
  const { freePorts } = await of('ports');
  const { testsFolder, removeState, endLeftovers } = await of('leftovers');
  await endLeftovers();
  const state = join(testsFolder(), `bench-run-${process.pid}`);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  let environment: Record<string, string> = {};
  const s3 = await countingProxy(() => environment['AWS_ENDPOINT_URL_S3'] ?? '');
  const dataApi = await countingProxy(() => environment['AWS_ENDPOINT_URL_REDSHIFT_DATA'] ?? '');
  const stack = await startStack({
    state,
    ports: await freePorts(),
    own: process.env,
    project: join(folder, 'examples'),
    upstream: {},
    settings: { AWS_ENDPOINT_URL_S3: s3.url, AWS_ENDPOINT_URL_REDSHIFT_DATA: dataApi.url },
    onLine: (line) => void process.stderr.write(`${line}\n`),
    onGivenUp: ({ message }) => void process.stderr.write(`${message}\n`),
  });
  environment = stack.environment();
  const connection = await Connection.connect({ address: environment['TEMPORAL_ADDRESS'] ?? '' });
  const args = (words: string[]) => ['--no-warnings', 'starter/bin.mjs', ...words];
  const options = { cwd: folder, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment } };
  const running: Running = {
    client: new Client({ connection }),
    environment,
    waterclock: (...words) =>
      void execFileSync(process.execPath, args(words), { ...options, stdio: ['ignore', 'ignore', 'pipe'] }),
    begin: (...words) => spawn(process.execPath, args(words), { ...options, stdio: ['ignore', 'pipe', 'ignore'] }),
    requests: () => ({ s3: s3.count(), dataApi: dataApi.count() }),
    pids: () => ['temporal', 'worker'].map((name) => pidOf(state, name)),
  };
  try {
    running.waterclock('setup');
    await stack.startWorker();
    return await work(running);
  } finally {
    await connection.close();
    s3.close();
    dataApi.close();
    await stack.stop({ now: true });
    removeState(state);
  }
}
