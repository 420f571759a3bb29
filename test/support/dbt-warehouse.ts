import { randomUUID } from 'node:crypto';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import pg from 'pg';
import { buildDbt, type BuildDependencies, type BuildResult } from '../../dbt/build.js';
import type { DbtSelection } from '../../model/dbt.js';
import { readSettings } from '../../model/settings.js';
import { pipelines as ofTests } from './pipelines.js';
import type { Pipeline } from '../../define/pipeline.js';
import { createTarget, ident } from '../../warehouse/ddl.js';
import { targetColumns } from '../../columns/table-columns.js';
import { bootstrap } from '../../warehouse/bootstrap.js';
import { dataApi } from '../../warehouse/data-api.js';
import { settingsOf } from '../../warehouse/settings-of.js';
import { fileStack } from './file-stack.js';

export type Row = Record<string, unknown>;

const hour = 3_600_000;

/** a warehouse of one test file: tables as the product makes them, rows by hand, and dbt on them; of the tests' project, or of another with its dbt folder */
export async function dbtWarehouse(other?: { pipelines: Pipeline[]; dbt: string }) {
  const stack = await fileStack();
  const pipelines = other?.pipelines ?? ofTests;
  process.env['TMPDIR'] = stack.environment['TMPDIR'];
  const settings = readSettings({
    ...stack.environment,
    ...(other && { WATERCLOCK_DBT_PROJECT_DIR: other.dbt }),
  });
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL_REDSHIFT_DATA: endpoint = '' } = stack.environment;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = stack.environment;
  const client = new RedshiftDataClient({ region, endpoint, credentials: { accessKeyId, secretAccessKey } });
  const redshift = dataApi(settings.redshift, {}, client);
  const administrator = dataApi(settingsOf(settings.redshift, 'administrator'), {}, client);
  const setUp = () => bootstrap(administrator, { ...settings.redshift, pipelines });
  await setUp();
  for (const { name, entities } of pipelines) {
    for (const { plan } of entities) for (const sql of createTarget(name, plan)) await redshift.execute([sql]);
  }
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = stack.environment;
  const connection = { host: PGHOST, port: Number(PGPORT), user: PGUSER, password: PGPASSWORD, database: PGDATABASE };
  const warehouse = new pg.Client(connection);
  await warehouse.connect();
  await warehouse.query(`set timezone to 'UTC'`);
  const uploads = new Map<string, string>();

  async function rows(sql: string): Promise<Row[]> {
    return (await warehouse.query<Row>(sql)).rows;
  }

  /** rows of an entity as one load of an interval leaves them, with its row of the ledger; columns that are left out and must not be null get a value of their type */
  async function load(pipeline: string, entity: string, given: Row[], start = '2022-11-24T10:00:00Z'): Promise<void> {
    const plan = pipelines.flatMap(({ entities }) => entities).find(({ plan }) => plan.name === entity)?.plan;
    if (!plan) throw new Error(entity);
    const run = randomUUID();
    for (const row of given) {
      const filled = targetColumns(plan).map(({ name, type, nullable }) => {
        if (name === '_row_id') return randomUUID().replaceAll('-', '');
        if (name === '_run_id') return run;
        if (name === '_interval_start') return start;
        if (name in row) return type.kind === 'super' ? JSON.stringify(row[name]) : row[name];
        if (nullable) return null;
        return { varchar: '', timestamp: start, boolean: false, super: '[]' }[type.kind as string] ?? 0;
      });
      const places = filled.map((_, place) => `$${place + 1}`).join(', ');
      await warehouse.query(`insert into ${ident(pipeline, entity)} values (${places})`, filled);
    }
    await warehouse.query(
      `insert into monitor_db.handler_executions (workflow_id, run_id, pipeline, entity, interval_start, interval_end, status, finished_at)
       values ('run', $1, $2, $3, $4, $5, 'loaded', clock_timestamp() at time zone 'UTC')`,
      [run, pipeline, entity, start, new Date(Date.parse(start) + hour).toISOString()],
    );
  }

  function dependencies(more: Partial<BuildDependencies> = {}): BuildDependencies {
    return {
      dbt: settings.dbt,
      environment: { PATH: process.env['PATH'], ...stack.environment },
      heartbeat: () => undefined,
      lakeBucket: 'lake',
      upload: async (key, body) => void uploads.set(key, String(body)),
      ...more,
    };
  }

  function build(
    wanted: (string | DbtSelection)[],
    more: Partial<BuildDependencies> & { fullRefresh?: boolean } = {},
  ): Promise<BuildResult> {
    const { fullRefresh = false, ...rest } = more;
    const selections = wanted.map((each) => (typeof each === 'string' ? { select: each } : each));
    return buildDbt({ buildId: 'build-1', selections, fullRefresh }, dependencies(rest));
  }

  return {
    stack,
    connection,
    uploads,
    /** again, for a schema that was made since */
    setUp,
    rows,
    load,
    dependencies,
    build,
    mart: (name: string, order: string) => rows(`select * from marts.${ident(name)} order by ${order}`),
    async empty(): Promise<void> {
      uploads.clear();
      for (const { name, entities } of pipelines) {
        for (const { plan } of entities) await warehouse.query(`truncate ${ident(name, plan.name)}`);
      }
      await warehouse.query('truncate monitor_db.handler_executions');
    },
    async close(): Promise<void> {
      await warehouse.end();
      client.destroy();
      await stack.close();
    },
  };
}

export type DbtWarehouse = Awaited<ReturnType<typeof dbtWarehouse>>;
