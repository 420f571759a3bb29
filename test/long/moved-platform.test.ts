import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startEcsLocal, type EcsLocal } from '../../ecs-local/index.js';
import { s3Store, type ObjectStore } from '../../lake/object-store.js';
import { airbyteServer, client, type AirbyteServer } from '../support/airbyte-server.js';
import { attempts } from '../support/attempts.js';
import { cloneProgram, type Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { world, type World } from '../support/world.js';

/** one whose worker is killed in each step, one that nothing happens to, and one that a person cancels */
const connections = {
  killed: 'e735894a-e773-4938-969f-45f53957b75b',
  calm: '0b8b2f04-8a46-4bb5-9a4c-1d1f6b4c2a11',
  ended: '5d0c1f7e-2a53-4c7b-8e52-0c8f4f0f9b22',
};
const orders = 60_000;
const people = 100;

let clone: Clone;
let airbyte: AirbyteServer;
let ecs: EcsLocal;
let service: World;
let worker: ChildProcess;
let postgres: pg.Client;
let gates: string;

beforeAll(async () => {
  clone = cloneProgram();
  gates = join(clone.root, 'gates');
  mkdirSync(gates);
  airbyte = await airbyteServer(Object.values(connections));
  writeProject();
  const environment: Record<string, string> = {
    PATH: [dirname(inject('stack').tools.dbt), process.env['PATH']].join(':'),
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
  };
  ecs = await startEcsLocal({ images: { etl: { folder: join(clone.root, 'test/support/moved-etl') } }, environment });
  ecs.createLogGroup('/etl');
  ecs.register(definition);
  service = await world(
    {
      AWS_ENDPOINT_URL_ECS: ecs.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: ecs.url,
      WATERCLOCK_ECS_CLUSTER: 'default',
      WATERCLOCK_ECS_SUBNETS: 'subnet-0a',
      WATERCLOCK_DBT_PROJECT_DIR: join(clone.root, 'test/project/dbt'),
      AIRBYTE_ID: client.id,
      AIRBYTE_SECRET: client.secret,
    },
    clone.root,
  );
  for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    environment[name] = service.environment[name] ?? '';
  environment['AWS_DEFAULT_REGION'] = service.environment['AWS_REGION'] ?? '';
  for (const [name, value] of Object.entries(service.environment)) process.env[name] ??= value;
  landFiles(s3Store({ forcePathStyle: true }), service.environment['WATERCLOCK_LAKE_BUCKET'] ?? '');
  const { PGHOST: host, PGPORT, PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = service.environment;
  postgres = new pg.Client({ host, port: Number(PGPORT), user, password, database });
  await postgres.connect();
  worker = await service.startWorker();
}, 180_000);
afterAll(async () => {
  await fetch(faults(), { method: 'DELETE' });
  await postgres?.end();
  await service?.close();
  await ecs?.close();
  airbyte?.close();
  clone?.remove();
});

const faults = () => `http://127.0.0.1:${inject('stack').ports['redshift-data']}/faults`;

const definition = {
  family: 'etl',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '1024',
  executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
  containerDefinitions: [
    {
      name: 'main',
      image: 'etl:1',
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/etl', 'awslogs-region': 'x', 'awslogs-stream-prefix': 'etl' },
      },
    },
  ],
};

/** definitions, and for each pipeline a model over its table */
function writeProject(): void {
  const project = join(clone.root, 'test/project');
  const names = Object.keys(connections);
  writeFileSync(
    join(project, 'waterclock.config.ts'),
    `import { movedPipelines } from '../support/moved-pipelines.js';
export default { pipelines: movedPipelines(${JSON.stringify(airbyte.url)}, ${JSON.stringify(gates)}, ${JSON.stringify(connections)}) };
`,
  );
  const models = join(project, 'dbt/models');
  rmSync(models, { recursive: true });
  mkdirSync(models);
  const sources = names.map((name) => `  - name: ${name}\n    tables:\n      - name: orders\n`);
  writeFileSync(join(models, 'sources.yml'), `version: 2\nsources:\n${sources.join('')}`);
  for (const name of names)
    writeFileSync(
      join(models, `${name}_sales.sql`),
      `{{ config(tags=['${name}'], materialized='table', schema='marts') }}
select country, count(*) as orders, sum(cents) as cents from {{ source('${name}', 'orders') }} group by 1
`,
    );
}

/** the destination of the connections: a job is over once its files are there */
function landFiles(store: ObjectStore, bucket: string): void {
  const written = new Map<number, 'begun' | 'done'>();
  const line = (data: object) =>
    JSON.stringify({ _airbyte_raw_id: '1', _airbyte_extracted_at: 0, _airbyte_data: data });
  airbyte.ends = ({ jobId, connectionId }) => {
    const [name = ''] = Object.entries(connections).find(([, id]) => id === connectionId) ?? [];
    const put = (stream: string, rows: object[]) =>
      store.put(
        { bucket, key: `landing/${name}/${stream}/2022_11_25_${jobId}_0.jsonl.gz` },
        gzipSync(rows.map(line).join('\n')),
      );
    const countries = ['ES', 'PT', 'FR'];
    if (!written.has(jobId)) {
      written.set(jobId, 'begun');
      void Promise.all([
        put(
          'people',
          Array.from({ length: people }, (_, id) => ({ id, country: countries[id % countries.length] })),
        ),
        put(
          'orders',
          Array.from({ length: orders }, (_, id) => ({ id, person: id % people, amount: (id / 100).toFixed(2) })),
        ),
      ]).then(() => written.set(jobId, 'done'));
    }
    return written.get(jobId) === 'done'
      ? { status: 'succeeded', rows: orders + people }
      : { status: 'running', rows: 0 };
  };
}

const rows = async (name: string) => [
  await service.query(`select order_id, country, cents, _row_id from ${name}.orders order by 1`),
  await service.query(`select * from marts.${name}_sales order by 1`),
];

async function kill(): Promise<void> {
  worker.kill('SIGKILL');
  worker = await service.startWorker();
}

/** of the state of a pending activity */
const pendingStarted = 2;

/** whether a worker has this activity of a workflow now */
async function isAtWork(workflow: string, activity: string): Promise<boolean> {
  const { raw } = await service.client.workflow.getHandle(workflow).describe();
  return (raw.pendingActivities ?? []).some(
    ({ activityType, state }) => activityType?.name === activity && Number(state) === pendingStarted,
  );
}

/** builds that were begun, by all executions of the workflow that makes them */
async function countBuilds(): Promise<number> {
  let count = 0;
  for await (const { workflowId, runId } of service.client.workflow.list({ query: `WorkflowId = 'dbt-local'` })) {
    const { events } = await service.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const scheduled = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    count += scheduled.filter((name) => name === 'dbtBuild').length;
  }
  return count;
}

test('the flow of Airflow as one pipeline: its worker killed in each step, one sync, one task, and the tables of an undisturbed run', async () => {
  writeFileSync(join(gates, 'calm'), '');
  const calm = await service.waterclock('run', 'calm', '--wait');
  expect(calm, JSON.stringify(calm)).toMatchObject({ code: 0, json: { status: 'completed' } });
  const expected = await rows('calm');
  expect([expected[0]?.length, expected[1]?.length]).toEqual([orders, 3]);
  expect(ecs.started()).toBe(1);

  const held = { match: 'killed:*:orders:load:*', step: 'commit', fault: 'slow', seconds: 12 };
  expect((await fetch(faults(), { method: 'PUT', body: JSON.stringify([held]) })).ok).toBe(true);
  airbyte.looks = 6;
  const { ended, told } = service.begin('run', 'killed', '--wait');
  const interval = (expected[0]?.length && (await intervalOf('calm'))) || '';
  const name = `killed-${interval}`;

  const job = () => airbyte.jobs.find(({ connectionId }) => connectionId === connections.killed);
  await eventually(() => job()?.status === 'running');
  await kill();
  await eventually(
    () => existsSync(join(gates, 'started')) && readFileSync(join(gates, 'started'), 'utf8').includes(name),
  );
  await kill();
  writeFileSync(join(gates, 'killed'), '');
  await eventually(() => isAtWork(name, 'validate'));
  await kill();
  await eventually(isHeld);
  await kill();
  await eventually(() => isAtWork('dbt-local', 'dbtBuild').catch(() => false));
  await sleep(1_500);
  await kill();

  const said = await ended;
  expect(said, JSON.stringify(said) + told()).toMatchObject({ code: 0, json: { status: 'completed' } });
  expect(await rows('killed')).toEqual(expected);
  expect(airbyte.jobs.filter(({ connectionId }) => connectionId === connections.killed)).toHaveLength(1);
  expect(ecs.started()).toBe(2);
  expect(await attempts(service.client, name)).toMatchObject({ taskBefore: 2, extract: 2, validate: 2, copy: 2 });
  // that of the other run, and two of this one: the run asks for another
  await expect.poll(countBuilds).toBe(3);
  const { json } = await service.waterclock('show', name);
  expect(JSON.stringify(json)).toContain(`orders ${orders}`);
  expect(JSON.stringify(json)).toContain(`rows ${orders + people}; sync `);
});

test('a second run of the interval takes the sync that it has, and gives the same tables', async () => {
  const before = await rows('calm');
  const again = await service.waterclock('run', 'calm', '--wait', '--force');
  expect(again, JSON.stringify(again)).toMatchObject({ code: 0, json: { status: 'completed' } });
  expect(await rows('calm')).toEqual(before);
  expect(airbyte.jobs.filter(({ connectionId }) => connectionId === connections.calm)).toHaveLength(1);
});

test('a cancelled run cancels the sync that it waits for, and its lines are in the log of the step', async () => {
  airbyte.looks = 1_000;
  await service.waterclock('run', 'ended');
  const job = () => airbyte.jobs.find(({ connectionId }) => connectionId === connections.ended);
  await eventually(() => job()?.status === 'running');
  const name = `ended-${await intervalOf('ended')}`;
  await service.waterclock('cancel', name);
  await eventually(() => job()?.status === 'cancelled');
  await expect
    .poll(async () => (await service.client.workflow.getHandle(name).describe()).status.name)
    .toBe('CANCELLED');
  const { json } = await service.waterclock('logs', name, '--step', 'before');
  expect(JSON.stringify(json)).toContain(`sync ${job()?.jobId} was cancelled with its run`);
});

/** the end of the one interval of a pipeline */
async function intervalOf(pipeline: string): Promise<string> {
  for await (const { workflowId } of service.client.workflow.list())
    if (workflowId.startsWith(`${pipeline}-`)) return workflowId.slice(pipeline.length + 1);
  throw new Error(`${pipeline} has no run`);
}

/** whether the statement that a fault holds sleeps */
async function isHeld(): Promise<boolean> {
  const { rows } = await postgres.query(
    `select 1 from pg_stat_activity where query = 'select pg_sleep($1)' and datname = current_database()`,
  );
  return rows.length > 0;
}
