import { afterAll, beforeAll, expect, test } from 'vitest';
import { warehouseUsers } from '../../local/warehouse-users.js';
import { world, type World } from '../support/world.js';

// as docker-compose.yml and the tasks on AWS have it: each role of workers is another user of the warehouse

let service: World;

const nobody = { WATERCLOCK_REDSHIFT_SECRET_ARN: 'arn:aws:secretsmanager:local:000000000000:secret:of-nobody' };

beforeAll(async () => {
  service = await world();
  await Promise.all([
    service.startWorker({
      WATERCLOCK_ROLES: 'workflows',
      WATERCLOCK_REDSHIFT_SECRET_ARN: warehouseUsers.analyst.secretArn,
    }),
    // neither asks the Data API for anything: dbt has the wire
    service.startWorker({ WATERCLOCK_ROLES: 'ingest', ...nobody }),
    service.startWorker({ WATERCLOCK_ROLES: 'transform', ...nobody }),
    // with the key of the stack it is the loader
    service.startWorker({
      WATERCLOCK_ROLES: 'warehouse',
      WATERCLOCK_REDSHIFT_USER: '',
      WATERCLOCK_REDSHIFT_PASSWORD: '',
    }),
  ]);
}, 60_000);

afterAll(() => service?.close());

test('a run with its build, a second one and a backfill need no more than the user of each role', async () => {
  const run = (...more: string[]) =>
    service.waterclock('run', 'readings', '--interval', '2018-02-01T00:00Z', '--wait', ...more);
  expect((await run()).json).toMatchObject({ status: 'completed' });
  expect((await run('--force')).json).toMatchObject({ status: 'completed' });
  const range = ['--from', '2018-02-01T01:00Z', '--to', '2018-02-01T03:00Z'];
  const backfill = await service.waterclock('backfill', 'create', 'readings', ...range, '--wait');
  expect(backfill.code).toBe(0);
}, 180_000);
