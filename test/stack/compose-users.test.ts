import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { readSettings } from '../../model/settings.js';
import { startRedshiftData } from '../../redshift-local/server.js';
import { bootstrap } from '../../warehouse/bootstrap.js';
import { dataApi, redshiftClient, type Warehouse } from '../../warehouse/data-api.js';
import { settingsOf } from '../../warehouse/settings-of.js';
import { composeFile } from '../support/compose-file.js';
import { fileStack, type FileStack } from '../support/file-stack.js';

// the warehouse of a new server, as docker-compose.yml has it, before and after its `setup`

const { environmentOf, users, secrets } = composeFile();
let stack: FileStack;
let server: Awaited<ReturnType<typeof startRedshiftData>>;
let client: ReturnType<typeof redshiftClient>;

beforeAll(async () => {
  stack = await fileStack();
  const { ports, credentials } = inject('stack');
  const keys = { accessKeyId: secrets['S3_ACCESS_KEY'] ?? '', secretAccessKey: secrets['S3_SECRET_KEY'] ?? '' };
  const postgres = {
    host: '127.0.0.1',
    port: ports.postgres,
    user: 'waterclock',
    password: credentials.postgresPassword,
  };
  server = await startRedshiftData({ postgres, users, s3: { ...keys, region: 'eu-central-1' } });
  client = redshiftClient({ endpoint: server.url, region: 'eu-central-1', credentials: keys });
  const { redshift } = readSettings(environmentOf('setup'), 'dbt');
  const pipelines = [{ name: 'orders', entities: [{ plan: { name: 'orders' } }] }];
  await bootstrap(as('setup', 'administrator'), { ...redshift, database: stack.database, pipelines });
});

afterAll(async () => {
  client?.destroy();
  await server?.close();
  await stack?.close();
});

/** the warehouse as a container of the service sees it */
function as(container: string, other?: 'administrator' | 'analyst'): Warehouse {
  const { redshift } = readSettings(environmentOf(container), 'dbt');
  return dataApi({ ...settingsOf(redshift, other), database: stack.database }, {}, client);
}

test.each([
  ['setup', 'administrator', 'awsuser'],
  ['worker-workflows', undefined, 'IAMR:waterclock-analyst'],
  ['worker-ingest', undefined, 'IAMR:waterclock-analyst'],
  ['worker-warehouse', undefined, 'IAMR:waterclock-loader'],
  ['waterclock', undefined, 'IAMR:waterclock-loader'],
  ['waterclock', 'analyst', 'IAMR:waterclock-analyst'],
] as const)('%s signs in, with %s or as itself, as %s', async (container, other, user) => {
  expect(await as(container, other).query('select current_user as name')).toEqual([{ name: user }]);
});

test('what the loader makes, the analyst reads and does not change', async () => {
  await as('worker-warehouse').execute(['create table orders.orders (id int)', 'insert into orders.orders values (1)']);
  const analyst = as('worker-workflows');
  expect(await analyst.query('select id from orders.orders')).toEqual([{ id: 1 }]);
  await expect(analyst.query('delete from orders.orders')).rejects.toThrow(/permission denied/);
  await expect(as('worker-warehouse').query('delete from monitor_db.run_executions')).rejects.toThrow(
    /permission denied/,
  );
});

test('a key without the secret of another user does not work as that user', async () => {
  const { redshift } = readSettings(environmentOf('worker-ingest'), 'dbt');
  const guessed = {
    ...redshift,
    database: stack.database,
    secretArn: 'arn:aws:secretsmanager:local:000000000000:secret:waterclock-administrator-',
  };
  await expect(dataApi(guessed, {}, client).query('select 1')).rejects.toThrow(/can't find the specified secret/);
  const named = { ...redshift, database: stack.database, dbUser: 'IAMR:waterclock-loader' };
  await expect(dataApi(named, {}, client).query('select 1')).rejects.toThrow(/not authorized/);
});
