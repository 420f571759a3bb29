import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { countingProxy, operationOf, type CountingProxy } from '../support/counting-proxy.js';
import { world, type World } from '../support/world.js';

// what each run sends is paid for by the hour of every day: requests wake a warehouse, and have quotas

let dataApi: CountingProxy;
let service: World;
beforeAll(async () => {
  const { environment } = inject('stack');
  dataApi = await countingProxy(environment['AWS_ENDPOINT_URL_REDSHIFT_DATA'] ?? '', operationOf);
  service = await world();
  // the command has its own to ask
  await service.startWorker({ AWS_ENDPOINT_URL_REDSHIFT_DATA: dataApi.url });
}, 60_000);
afterAll(async () => {
  await service?.close();
  dataApi?.close();
});

const submitted = () =>
  (dataApi.counts.get('ExecuteStatement') ?? 0) + (dataApi.counts.get('BatchExecuteStatement') ?? 0);

test('a run of one entity whose tables are there', { timeout: 120_000 }, async () => {
  for (const hour of ['00', '01', '02']) {
    dataApi.reset();
    const words = ['run', 'readings', '--interval', `2018-02-01T${hour}:00Z`, '--dbt', 'skip', '--wait'];
    expect(await service.waterclock(...words)).toMatchObject({ code: 0 });
  }
  const { DescribeStatement: waits = 0, ...calls } = Object.fromEntries(dataApi.counts);
  expect(submitted()).toBe(7);
  // those that wait for a statement of more than two seconds, on a busy machine
  expect(waits).toBeLessThan(5);
  expect(
    Object.values(calls).reduce((sum, count) => sum + count, 0),
    JSON.stringify(calls),
  ).toBeLessThanOrEqual(12);
});

test(
  'a table that somebody dropped meanwhile is seen by the refusal, and made again',
  { timeout: 120_000 },
  async () => {
    await service.administer('drop table readings.readings');
    const words = ['run', 'readings', '--interval', '2018-02-01T03:00Z', '--dbt', 'skip', '--wait'];
    expect(await service.waterclock(...words)).toMatchObject({ code: 0 });
    const [{ n } = { n: 0 }] = await service.query('select count(*) as n from readings.readings');
    expect(Number(n)).toBeGreaterThan(0);
    const loads = `select count(*) as loads from monitor_db.handler_executions where interval_end = timestamp '2018-02-01 04:00:00'`;
    expect(await service.query(loads)).toEqual([{ loads: 1 }]);
  },
);
