import { DescribeStatementCommand, ExecuteStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import { redshiftDataStack } from '../redshift-local/test/support/redshift-data-stack.js';
import { tool } from '../local/paths.js';
import { copyTables, type CopyTable } from './copy-tables.js';
import { copyOut, secondsToCopyIn } from './postgres-copy.js';
import { startService, type Stack } from './redshift-service.js';

const help = `Usage: npm run bench:copy -- [--rows N] [--runs N] [--json]

Loads the same rows through COPY of the local Redshift (Parquet in S3) and through PostgreSQL's own binary
COPY FROM STDIN, in turns, and compares the best of each.

Examples:
  npm run bench:copy
  npm run bench:copy -- --rows 200000 --runs 1 --json
`;
const wanted = 0.6;

interface Measured {
  table: string;
  rows: number;
  copyRowsPerSecond: number;
  postgresRowsPerSecond: number;
  ratio: number;
  peakMegabytes: number;
}

export async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const rows = numberOf(args, '--rows', 1_000_000);
  const runs = numberOf(args, '--runs', 3);
  if (!Number.isInteger(rows) || !Number.isInteger(runs) || rows < 1 || runs < 1) {
    process.stderr.write(`--rows and --runs take whole numbers from 1 on\n\n${help}`);
    return 2;
  }
  const stack = await redshiftDataStack(tool('rclone'));
  const service = await startService(stack, env);
  try {
    const found: Measured[] = [];
    for (const table of copyTables(rows)) found.push(await measure(table, rows, runs, stack, service));
    process.stdout.write(args.includes('--json') ? `${JSON.stringify(found)}\n` : report(found));
    return found.every(({ ratio }) => ratio >= wanted) ? 0 : 1;
  } finally {
    await service.stop();
    await stack.close();
  }
}

function numberOf(args: string[], name: string, fallback: number): number {
  const at = args.indexOf(name);
  return at < 0 ? fallback : Number(args[at + 1]);
}

type Service = Awaited<ReturnType<typeof startService>>;

function runner({ url }: Service, { s3 }: Stack) {
  const { endpoint: _, region, ...credentials } = s3;
  const client = new RedshiftDataClient({ endpoint: url, region, credentials });
  return async (Sql: string): Promise<number> => {
    const { Id } = await client.send(
      new ExecuteStatementCommand({ WorkgroupName: 'local', Database: 'postgres', Sql }),
    );
    for (;;) {
      const done = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 20 }));
      if (done.Status === 'FINISHED') return Number(done.Duration) / 1e9;
      if (done.Status === 'FAILED' || done.Status === 'ABORTED') throw new Error(`${Sql}: ${done.Error}`);
    }
  };
}

async function measure(
  table: CopyTable,
  rows: number,
  runs: number,
  stack: Stack,
  service: Service,
): Promise<Measured> {
  const { postgres, s3 } = stack;
  const execute = runner(service, stack);
  const { endpoint, region, ...credentials } = s3;
  const store = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await store.send(new PutObjectCommand({ Bucket: 'lake', Key: `${table.name}.parquet`, Body: table.parquet() }));
  await execute(`create table ${table.name} (${table.columns})`);
  const client = new pg.Client({ ...postgres, database: 'postgres' });
  await client.connect();
  const copySeconds: number[] = [];
  const postgresSeconds: number[] = [];
  let binary: Buffer[] = [];
  for (let run = 0; run < runs; run++) {
    await client.query(`truncate ${table.name}`);
    copySeconds.push(
      await execute(
        `copy ${table.name} from 's3://lake/${table.name}.parquet' iam_role 'arn:aws:iam::123456789012:role/copy' format as parquet`,
      ),
    );
    const { rows: counted } = await client.query<{ n: number }>(`select count(*)::integer as n from ${table.name}`);
    if (counted[0]?.n !== rows) throw new Error(`${table.name}: ${counted[0]?.n} rows loaded, ${rows} expected`);
    if (binary.length === 0) binary = await copyOut(client, table.name);
    await client.query(`truncate ${table.name}`);
    postgresSeconds.push(await secondsToCopyIn(client, table.name, binary));
  }
  await client.end();
  store.destroy();
  const [copyRowsPerSecond, postgresRowsPerSecond] = [
    rows / Math.min(...copySeconds),
    rows / Math.min(...postgresSeconds),
  ];
  const peakMegabytes = service.peakMegabytes();
  return {
    table: table.name,
    rows,
    copyRowsPerSecond,
    postgresRowsPerSecond,
    ratio: copyRowsPerSecond / postgresRowsPerSecond,
    peakMegabytes,
  };
}

function report(found: Measured[]): string {
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const lines = found.map(
    ({ table, rows, copyRowsPerSecond, postgresRowsPerSecond, ratio, peakMegabytes }) =>
      `${table.padEnd(18)} ${number(rows).padStart(10)} rows  COPY ${number(copyRowsPerSecond).padStart(9)} rows/s  PostgreSQL ${number(postgresRowsPerSecond).padStart(9)} rows/s  ratio ${ratio.toFixed(2)} (wanted ${wanted})  ${ratio >= wanted ? 'pass' : 'FAIL'}  peak ${peakMegabytes} MB`,
  );
  return `${lines.join('\n')}\n`;
}
