import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { recordingProxy, type RecordingProxy } from '../support/aws-calls/recording-proxy.js';
import { world, type World } from '../support/world.js';

// what each run sends is paid for by the hour of every day: requests wake a warehouse, and have quotas

/** operations of the Data API, in the order of their requests */
let asked: string[] = [];
let dataApi: RecordingProxy;
let service: World;
beforeAll(async () => {
  dataApi = await recordingProxy({
    servers: { 'redshift-data': inject('stack').environment['AWS_ENDPOINT_URL_REDSHIFT_DATA'] ?? '' },
    answer: ({ headers }) => void asked.push(String(headers['x-amz-target']).replace(/^.*\./, '')),
  });
  service = await world();
  // the command has its own to ask
  await service.startWorker({ AWS_ENDPOINT_URL_REDSHIFT_DATA: dataApi.url });
}, 60_000);
afterAll(async () => {
  await service?.close();
  dataApi?.close();
});

const run = (hour: string) =>
  service.waterclock('run', 'readings', '--interval', `2018-02-01T${hour}:00Z`, '--dbt', 'skip', '--wait');

test('a run of one entity whose tables are there sends 7 statements in 12 requests', { timeout: 120_000 }, async () => {
  const seen: { statements: number; requests: number }[] = [];
  for (const hour of ['00', '01', '02', '03', '04']) {
    asked = [];
    expect(await run(hour)).toMatchObject({ code: 0 });
    const statements = asked.filter((name) => name.endsWith('ExecuteStatement')).length;
    // a request more waits for each statement that takes longer than two seconds
    seen.push({ statements, requests: asked.filter((name) => name !== 'DescribeStatement').length });
  }
  // the first finds its tables; on a busy machine an attempt may be given up and made again
  const [least] = seen.toSorted((a, b) => a.requests - b.requests);
  expect(least, JSON.stringify(seen)).toEqual({ statements: 7, requests: 12 });
});

test(
  'a table that somebody dropped meanwhile is seen by the refusal, and made again',
  { timeout: 120_000 },
  async () => {
    await service.administer('drop table readings.readings');
    expect(await run('05')).toMatchObject({ code: 0 });
    const [{ n } = { n: 0 }] = await service.query('select count(*) as n from readings.readings');
    expect(Number(n)).toBeGreaterThan(0);
    const loads = `select count(*) as loads from monitor_db.handler_executions where interval_end = timestamp '2018-02-01 06:00:00'`;
    expect(await service.query(loads)).toEqual([{ loads: 1 }]);
  },
);
