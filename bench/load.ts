import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import pg from 'pg';
import { home, root, tool } from '../local/paths.js';
import type { EntityPlan } from '../model/columns.js';
import { ident } from '../warehouse/ddl.js';
import { fileColumns } from '../columns/table-columns.js';
import { redshiftDataStack } from '../redshift-local/test/support/redshift-data-stack.js';
import { bootstrap } from '../warehouse/bootstrap.js';
import { dataApi, redshiftClient, type Warehouse } from '../warehouse/data-api.js';
import { load } from '../warehouse/load.js';
import { lakeBucket, pipelineOf, runOf } from './data/work.js';
import { copyOut, secondsToCopyIn } from './postgres-copy.js';
import { peakOf, startService, type Stack } from './redshift-service.js';

const help = `Usage: npm run bench:load -- [--rows N] [--runs N] [--json]

Loads set A (vehicle events, validated and written as Parquet by this service) into an empty table: from the COPY
that is submitted to the ledger row that is committed. Beside it, in turns, PostgreSQL's own COPY FROM STDIN
(binary) of the same rows into a bare table. The best of each is compared.

Examples:
  npm run bench:load
  npm run bench:load -- --rows 100000 --runs 1 --json
`;
const wanted = 1 / 3;
const settings = { database: 'postgres', workgroup: 'local', copyRoleArn: 'arn:aws:iam::123456789012:role/copy' };

interface Measured {
  mode: string;
  rows: number;
  loadRowsPerSecond: number;
  postgresRowsPerSecond: number;
  ratio: number;
}

export async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [records, runs] = [Number(values.rows), Number(values.runs)];
  if (!Number.isInteger(records) || !Number.isInteger(runs) || records < 1 || runs < 1) {
    process.stderr.write(`--rows and --runs take whole numbers from 1 on\n\n${help}`);
    return 2;
  }
  const files = parquetFiles(records);
  const stack = await redshiftDataStack(tool('rclone'));
  const service = await startService(stack, env);
  try {
    const { endpoint: _, region, ...credentials } = stack.s3;
    const warehouse = dataApi(settings, {}, redshiftClient({ endpoint: service.url, region, credentials }));
    await bootstrap(warehouse, { ...settings, pipelines: [pipelineOf('a')] });
    const made = await uploaded(stack, files);
    const [events] = pipelineOf('a').entities;
    if (!events) throw new Error('set A has no entity');
    const measured: Measured[] = [];
    for (const mode of ['merge', 'append'] as const) {
      const entity: EntityPlan = {
        ...events.plan,
        name: `events_${mode}`,
        mode,
        order: mode === 'merge' ? ['at'] : [],
      };
      measured.push(await measure(stack, warehouse, entity, made, runs));
    }
    const peaks = { localRedshiftMegabytes: service.peakMegabytes(), loaderMegabytes: peakOf(process.pid) };
    process.stdout.write(values.json ? `${JSON.stringify({ measured, peaks })}\n` : report(measured, peaks));
    return measured.every(({ ratio }) => ratio >= wanted) ? 0 : 1;
  } finally {
    await service.stop();
    await stack.close();
  }
}

/** of the service's own steps, in a process of their own; made once for so many records */
function parquetFiles(records: number): string[] {
  const folder = join(home, 'bench');
  const data = join(folder, 'data', `a${records}.ndjson`);
  mkdirSync(join(folder, 'data'), { recursive: true });
  if (!existsSync(data)) {
    process.stderr.write(`making ${records} rows of set A ...\n`);
    execFileSync(process.execPath, [join(root, 'bench/data/gen.mjs'), 'a', String(records), data], { stdio: 'ignore' });
  }
  process.stderr.write('writing them as Parquet ...\n');
  const out = join(folder, 'out', `load_a${records}`);
  const script = ['--no-warnings', '--import', 'tsx', join(root, 'bench/data/in-process.ts'), 'a', data, out];
  const told = execFileSync(process.execPath, script, { cwd: root, encoding: 'utf8' });
  return (JSON.parse(told) as { files: string[] }).files;
}

interface Uploaded {
  copyManifest: string;
  rows: number;
}

async function uploaded({ s3 }: Stack, files: string[]): Promise<Uploaded> {
  const { endpoint, region, ...credentials } = s3;
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const put = (Key: string, Body: string | ReturnType<typeof createReadStream>, ContentLength?: number) =>
    client.send(new PutObjectCommand({ Bucket: lakeBucket, Key, Body, ContentLength }));
  const entries: object[] = [];
  let rows = 0;
  for (const [at, file] of files.entries()) {
    const bytes = statSync(file).size;
    rows += Number((await parquetMetadataAsync(await asyncBufferFromFile(file))).num_rows);
    await put(`a/part-${at}.parquet`, createReadStream(file), bytes);
    entries.push({ url: `s3://${lakeBucket}/a/part-${at}.parquet`, mandatory: true, meta: { content_length: bytes } });
  }
  await put('a/_manifest.json', JSON.stringify({ entries }));
  client.destroy();
  return { copyManifest: `s3://${lakeBucket}/a/_manifest.json`, rows };
}

async function measure(
  { postgres }: Stack,
  warehouse: Warehouse,
  entity: EntityPlan,
  { copyManifest, rows }: Uploaded,
  runs: number,
): Promise<Measured> {
  const pipeline = pipelineOf('a').name;
  const client = new pg.Client({ ...postgres, database: 'postgres' });
  await client.connect();
  const columns = fileColumns(entity)
    .map(({ name }) => ident(name))
    .join(', ');
  const target = ident(pipeline, entity.name);
  const bare = `bare_${entity.name}`;
  const loadSeconds: number[] = [];
  const postgresSeconds: number[] = [];
  let binary: Buffer[] = [];
  for (let run = 0; run < runs; run++) {
    process.stderr.write(`${entity.mode}, ${run + 1} of ${runs} ...\n`);
    await client.query(`drop table if exists ${target}`);
    const timed = timer(warehouse);
    const options = { entity, copyManifest, rejected: 0, startedAt: '2022-11-24T11:00:00Z', ...settings };
    await load(timed.warehouse, {
      ...options,
      rows,
      run: { ...runOf(pipelineOf('a')), runId: `${entity.name}-${run}` },
    });
    loadSeconds.push(timed.seconds());
    if (binary.length === 0) {
      binary = await copyOut(client, `(select ${columns} from ${target})`);
      await client.query(`create table ${bare} as select ${columns} from ${target} limit 0`);
    }
    await client.query(`truncate ${bare}`);
    postgresSeconds.push(await secondsToCopyIn(client, bare, binary));
  }
  await client.end();
  const [loadRowsPerSecond, postgresRowsPerSecond] = [
    rows / Math.min(...loadSeconds),
    rows / Math.min(...postgresSeconds),
  ];
  return {
    mode: entity.mode,
    rows,
    loadRowsPerSecond,
    postgresRowsPerSecond,
    ratio: loadRowsPerSecond / postgresRowsPerSecond,
  };
}

/** from the batch with the COPY to the end of the transaction with the ledger row */
function timer(warehouse: Warehouse) {
  let begun = 0n;
  let done = 0n;
  const timed: Warehouse = {
    query: warehouse.query,
    async execute(statements, options) {
      if (options?.name?.step === 'stage') begun = process.hrtime.bigint();
      const executed = await warehouse.execute(statements, options);
      if (options?.name?.step === 'load') done = process.hrtime.bigint();
      return executed;
    },
  };
  return { warehouse: timed, seconds: () => Number(done - begun) / 1e9 };
}

function report(measured: Measured[], peaks: Record<string, number>): string {
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const lines = measured.map(
    ({ mode, rows, loadRowsPerSecond, postgresRowsPerSecond, ratio }) =>
      `${mode.padEnd(7)} ${number(rows).padStart(10)} rows  load ${number(loadRowsPerSecond).padStart(9)} rows/s  PostgreSQL ${number(postgresRowsPerSecond).padStart(9)} rows/s  ratio ${ratio.toFixed(2)} (wanted ${wanted.toFixed(2)})  ${ratio >= wanted ? 'pass' : 'FAIL'}`,
  );
  return `${lines.join('\n')}\npeak: local Redshift ${peaks['localRedshiftMegabytes']} MB, loader ${peaks['loaderMegabytes']} MB\n`;
}
