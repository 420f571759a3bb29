import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { actionsOf } from '../../bench/run/actions-of.js';
import { recordingProxy, type RecordingProxy } from '../support/aws-calls/recording-proxy.js';
import { world, type World } from '../support/world.js';

// what each run sends is paid for by the hour of every day: requests wake a warehouse, and have quotas

/** what the worker asks AWS for, in order: operations of the Data API, methods and paths of S3 */
let asked: string[] = [];
let aws: RecordingProxy;
let service: World;
beforeAll(async () => {
  const { environment } = inject('stack');
  aws = await recordingProxy({
    servers: {
      'redshift-data': environment['AWS_ENDPOINT_URL_REDSHIFT_DATA'] ?? '',
      s3: environment['AWS_ENDPOINT_URL_S3'] ?? '',
    },
    answer: ({ service, method, url, headers }) =>
      void asked.push(
        service === 's3' ? `${method} ${url.pathname}` : String(headers['x-amz-target']).replace(/^.*\./, ''),
      ),
  });
  service = await world();
  // the command has its own to ask
  await service.startWorker({ AWS_ENDPOINT_URL_REDSHIFT_DATA: aws.url, AWS_ENDPOINT_URL_S3: aws.url });
}, 60_000);
afterAll(async () => {
  await service?.close();
  aws?.close();
});

const run = (hour: string) =>
  service.waterclock('run', 'readings', '--interval', `2018-02-01T${hour}:00Z`, '--dbt', 'skip', '--wait');

interface Cost {
  statements: number;
  requests: number;
  /** requests to S3 up to the first statement of the load, which comes after all data is in the lake */
  objects: number;
  /** what Temporal Cloud counts as an action */
  actions: number;
  historyBytes: number;
}

test('what a run of one entity whose tables are there costs', { timeout: 120_000 }, async () => {
  const seen: Cost[] = [];
  for (const hour of ['00', '01', '02', '03', '04']) {
    asked = [];
    const { code, json } = await run(hour);
    expect(code).toBe(0);
    const isS3 = (name: string) => name.includes(' ');
    const statements = asked.filter((name) => name.endsWith('ExecuteStatement')).length;
    // a request more waits for each statement that takes longer than two seconds
    const requests = asked.filter((name) => !isS3(name) && name !== 'DescribeStatement').length;
    const objects = asked.slice(
      0,
      asked.findIndex((name) => !isS3(name)),
    ).length;
    seen.push({ statements, requests, objects, ...(await temporalCost((json as { run: string }).run)) });
  }
  // the first finds its tables; on a busy machine an attempt may be given up and made again
  const least = (of: keyof Cost) => Math.min(...seen.map((cost) => cost[of]));
  expect(least('statements'), JSON.stringify(seen)).toBe(6);
  expect(least('requests'), JSON.stringify(seen)).toBe(11);
  expect(least('objects'), JSON.stringify(seen)).toBeLessThanOrEqual(10);
  expect(least('actions'), JSON.stringify(seen)).toBeLessThanOrEqual(12);
  expect(least('historyBytes'), JSON.stringify(seen)).toBeLessThan(16_000);
});

async function temporalCost(workflowId: string): Promise<Pick<Cost, 'actions' | 'historyBytes'>> {
  const handle = service.client.workflow.getHandle(workflowId);
  return { actions: await actionsOf(handle), historyBytes: (await handle.describe()).historySize ?? 0 };
}

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
