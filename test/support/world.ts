import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';
import type { Said } from './command-host.js';
import { registerSearchAttributes } from '../../control/register-search-attributes.js';
import { readSettings } from '../../model/settings.js';
import { dataApi, redshiftClient } from '../../warehouse/data-api.js';
import { settingsOf } from '../../warehouse/settings-of.js';
import { commands } from './commands.js';
import { fileStack } from './file-stack.js';
import './provided.js';

interface Ended {
  code: number;
  json: unknown;
  stderr: string;
}

export interface World {
  environment: Record<string, string>;
  client: Client;
  /** runs `waterclock` with `--json`; the last line of stdout, parsed */
  waterclock(...args: string[]): Promise<Ended>;
  /** the same, while it goes on: what it has told on stderr so far */
  begin(...args: string[]): { told(): string; ended: Promise<Ended> };
  /** as an analyst */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** what a person does by hand, as the administrator */
  administer(sql: string): Promise<Record<string, unknown>[]>;
  startWorker(extra?: Record<string, string>): Promise<ChildProcess>;
  stopWorkers(signal?: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}

/** a deployment of the whole service for one test file: database, bucket, task queue and namespace of its own; of the program as containers run it, or from the sources in `clone` */
export async function world(changes: Record<string, string> = {}, clone?: string): Promise<World> {
  const { program } = inject('stack');
  const workerMain = clone ? ['--import', 'tsx', 'worker/main.ts'] : [join(program, 'worker/main.js')];
  // another project has other schemas
  const isSetUp = clone === undefined && changes['WATERCLOCK_PROJECT'] === undefined;
  const stack = await fileStack({ isSetUp });
  const environment: Record<string, string> = {
    ...stack.environment,
    TEMPORAL_NAMESPACE: stack.taskQueue,
    WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '2',
    WATERCLOCK_GRACE_SECONDS: '2',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...(clone && { WATERCLOCK_PROJECT: join(clone, 'test/project') }),
    ...changes,
  };
  const connection = await Connection.connect({ address: environment['TEMPORAL_ADDRESS'] ?? '' });
  await connection.workflowService.registerNamespace({
    namespace: stack.taskQueue,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const workers: ChildProcess[] = [];

  const run = (file: string[], extra: Record<string, string> = {}) =>
    spawn(process.execPath, ['--no-warnings', ...file], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: clone ?? process.cwd(),
    });

  const hosted = commands(clone ?? program, environment);
  const created: World = {
    environment,
    client: new Client({ connection, namespace: stack.taskQueue }),
    waterclock: (...args) => created.begin(...args).ended,
    begin(...args) {
      const said: Said = { code: 0, stdout: '', stderr: '' };
      const ended = hosted
        .run([...args, '--json'], said)
        .then(({ code, stdout, stderr }) => ({ code, json: lastLine(stdout), stderr }));
      return { told: () => said.stderr, ended };
    },
    async query(sql) {
      const { code, json, stderr } = await created.waterclock('query', sql);
      if (code !== 0) throw new Error(stderr);
      return json as Record<string, unknown>[];
    },
    async administer(sql) {
      const client = redshiftClient(awsOf(environment));
      try {
        const { redshift } = readSettings(environment);
        return await dataApi(settingsOf(redshift, 'administrator'), {}, client).query(sql);
      } finally {
        client.destroy();
      }
    },
    async startWorker(extra) {
      const child = run(workerMain, extra);
      workers.push(child);
      let told = '';
      await new Promise<void>((resolve, reject) => {
        child.stdout.resume();
        child.stderr.on('data', (chunk: Buffer) => {
          told = (told + chunk.toString()).slice(-20_000);
          if (told.includes('worker ready')) resolve();
        });
        child.once('exit', (code) => reject(new Error(`the worker ended with ${code}: ${told}`)));
      });
      return child;
    },
    async stopWorkers(signal = 'SIGTERM') {
      for (const worker of workers.filter((worker) => worker.exitCode === null && worker.signalCode === null)) {
        worker.kill(signal);
        await once(worker, 'exit');
      }
    },
    async close() {
      await created.stopWorkers();
      await hosted.close();
      await connection.close();
      await stack.close();
    },
  };
  if (isSetUp) {
    await registerSearchAttributes({ client: created.client, connection, namespace: stack.taskQueue }, false);
    return created;
  }
  const prepared = await created.waterclock('setup');
  if (prepared.code !== 0) throw new Error(prepared.stderr);
  return created;
}

/** the local Redshift, for a client in the test's own process */
const awsOf = (environment: Record<string, string>) => ({
  region: environment['AWS_REGION'] ?? '',
  endpoint: environment['AWS_ENDPOINT_URL_REDSHIFT_DATA'] ?? '',
  credentials: {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
  },
});

function lastLine(stdout: string): unknown {
  const text = stdout.trim();
  return text ? JSON.parse(text.startsWith('[') ? text : (text.split('\n').at(-1) ?? '')) : undefined;
}
