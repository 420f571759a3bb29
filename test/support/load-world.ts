import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ListStatementsCommand } from '@aws-sdk/client-redshift-data';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { arrowTable, toParquet } from '../../lake/parquet.js';
import type { ColumnType, EntityPlan, LoadMode } from '../../model/columns.js';
import { keys, type RunRef } from '../../model/keys.js';
import { encoder } from '../../validate/encode.js';
import { rowBatch, type Append } from '../../validate/row-batch.js';
import { fileColumns } from '../../columns/table-columns.js';
import { bootstrap } from '../../warehouse/bootstrap.js';
import { dataApi, redshiftClient, type Warehouse, type Watch } from '../../warehouse/data-api.js';
import type { LoadFiles, LoadOptions } from '../../warehouse/load-options.js';
import { redshiftData } from '../../redshift-local/test/support/redshift-data.js';

export interface Item {
  id: string;
  /** says which of two rows is newer */
  version: number;
  note: string;
}

const pipeline = 'loads';
/** loads run with its rights; the tests look as the administrator */
const loader = 'IAMR:Loader';
const secretOf = (name: string) => `arn:aws:secretsmanager:us-east-1:1:secret:${name}`;
const column = (name: string, type: ColumnType) => ({ name, path: [name], type, nullable: false });
const hour = (at: number) => new Date(Date.UTC(2022, 10, 24, 10 + at)).toISOString().replace('.000', '');

export function itemsEntity(name: string, mode: LoadMode): EntityPlan {
  return {
    name,
    mode,
    columns: [
      column('id', { kind: 'varchar', bytes: 8 }),
      column('version', { kind: 'integer' }),
      column('note', { kind: 'varchar', bytes: 8 }),
    ],
    key: mode === 'append' ? [] : ['id'],
    order: mode === 'append' ? [] : ['version'],
    allowEmpty: true,
    schemaHash: 'items',
  };
}

export function runOf(at: number, runId: string): RunRef {
  const interval = { start: hour(at), end: hour(at + 1) };
  return { pipeline, interval, workflowId: `${pipeline}-${interval.end}`, runId, trigger: 'manual' };
}

/** of the database that loads run in: the project `serializable` runs the tests of loads once more */
const isolation = process.env['WATERCLOCK_TEST_ISOLATION'] ?? 'SNAPSHOT';

/** the product's loads on a local Redshift of the test file's own, whose faults can be asked for */
export async function loadWorld(rclone?: string, level = isolation) {
  const data = await redshiftData(
    {
      users: [
        { name: loader, iamRole: 'loader', databaseRoles: ['loader'] },
        ...(['transformer', 'analyst'] as const).map((name) => ({
          name: `IAMR:${name}`,
          secretArn: secretOf(name),
          databaseRoles: [name],
        })),
      ],
      keys: [{ accessKeyId: 'loader', secretAccessKey: 'loadersecret', role: 'loader' }],
    },
    rclone,
  );
  await data.ok(`ALTER DATABASE postgres ISOLATION LEVEL ${level}`);
  const { endpoint, region, ...credentials } = data.stack.s3;
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  // every fault reaches the service: the client tries nothing again by itself
  const ofLoader = { accessKeyId: 'loader', secretAccessKey: 'loadersecret' };
  const client = redshiftClient({ endpoint: data.server.url, region, credentials: ofLoader, maxAttempts: 1 });
  const settings = { database: 'postgres', workgroup: 'local', copyRoleArn: 'arn:aws:iam::123456789012:role/copy' };
  const administrator = dataApi(settings, {}, data.client);
  const warehouse = (watch?: Watch): Warehouse => dataApi(settings, watch, client);
  const { database, copyRoleArn } = settings;
  const setUp = () =>
    bootstrap(administrator, {
      database,
      loader,
      copyRoleArn,
      catalog: 'lake',
      pipelines: [{ name: pipeline, entities: [] }],
    });
  await setUp();

  const write = (Key: string, Body: Uint8Array | string) =>
    s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body }));

  /** the processed files of a run in one table, and what the load of them is told */
  async function files(run: RunRef, table: EntityPlan, batch: ReturnType<typeof rowBatch>): Promise<LoadFiles> {
    const rows = batch.rows();
    if (rows === 0) return { rows };
    const key = keys.processedPart(run, table.name, 0, 0);
    const file = await parquet(table, batch.take());
    await write(key, file);
    const entry = { url: `s3://lake/${key}`, mandatory: true, meta: { content_length: file.length } };
    await write(keys.processedManifest(run, table.name), JSON.stringify({ entries: [entry] }));
    return { rows, copyManifest: `s3://lake/${keys.processedManifest(run, table.name)}` };
  }

  return {
    data,
    /** the loader's */
    client,
    warehouse,
    setUp,
    /** what an earlier version did */
    asLoader: (sql: string) => warehouse().execute([sql]),
    administrator,
    /** the warehouse as this user works in it */
    as: (name: 'transformer' | 'analyst') => dataApi({ ...settings, secretArn: secretOf(name) }, {}, data.client),
    /** the processed files of a run, and what the load of them is told */
    async processed(run: RunRef, entity: EntityPlan, rows: Item[]): Promise<LoadOptions> {
      const options: LoadOptions = {
        run,
        entity,
        rows: rows.length,
        rejected: 0,
        startedAt: run.interval.end,
        copyRoleArn: settings.copyRoleArn,
      };
      const batch = rowBatch(entity);
      fill(batch.append, entity, rows);
      return { ...options, ...(await files(run, entity, batch)) };
    },
    files,
    /** what the law speaks of: all columns but those that name the run */
    async table(entity: EntityPlan): Promise<unknown[][]> {
      return data.rows(
        `SELECT id, version, note, TO_CHAR(_interval_start, 'HH24') FROM ${pipeline}.${entity.name} ORDER BY 1, 2, 3, 4`,
      );
    },
    ledger: (entity: EntityPlan) =>
      data.rows(
        `SELECT run_id, status FROM monitor_db.handler_executions WHERE entity = '${entity.name}' ORDER BY finished_at, run_id`,
      ),
    /** how often each of the faults asked for has struck */
    async struck(): Promise<number[]> {
      const answer = await fetch(`${data.server.url}/faults`);
      return ((await answer.json()) as { struck: number }[]).map((one) => one.struck);
    },
    async statuses(prefix: string): Promise<(string | undefined)[]> {
      const all = { StatementName: prefix, Status: 'ALL' } as const;
      const { Statements = [] } = await client.send(new ListStatementsCommand(all));
      return Statements.map(({ Status }) => Status);
    },
    stageTables: async () =>
      (await data.rows(`SELECT table_name FROM svv_tables WHERE table_schema = 'stage' ORDER BY 1`))
        .flat()
        .filter((name) => !String(name).startsWith('lock_')),
    async close(): Promise<void> {
      client.destroy();
      s3.destroy();
      await data.close();
    },
  };
}

export type LoadWorld = Awaited<ReturnType<typeof loadWorld>>;

function fill(append: Append, entity: EntityPlan, rows: Item[]): void {
  const encoders = entity.columns.map((column) => encoder(column));
  for (const [at, row] of rows.entries()) {
    const own = entity.mode === 'append' ? String(at) : row.id;
    const rowId = createHash('md5').update(own).digest('hex');
    append(...[row.id, row.version, row.note].map((value, n) => encoders[n]?.(value) ?? null), rowId);
  }
}

async function parquet(table: EntityPlan, rows: Uint8Array): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of toParquet(Readable.from([arrowTable(rows)]), {
    columns: fileColumns(table),
    codec: 'snappy',
  }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}
