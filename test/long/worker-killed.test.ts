import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inject, afterAll, beforeAll, expect, test } from 'vitest';
import { world, type World } from '../support/world.js';

interface Sample {
  features: { properties: { time: number } }[];
}

/** of the day 2018-02-02 in the sample */
const readings = (
  JSON.parse(readFileSync('test/project/pipelines/readings/sample/readings.json', 'utf8')) as Sample
).features.filter(({ properties: { time } }) => new Date(time).toISOString().startsWith('2018-02-02')).length;

let service: World;
let proxy: Server;
/** called with the name of a named batch once the Data API says it has finished, before the worker hears of it */
let onCommitted: (name: string) => void = () => undefined;

beforeAll(async () => {
  const target = inject('stack').ports['redshift-data'];
  const names = new Map<string, string>();
  proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const asked = JSON.parse(body.toString()) as { StatementName?: string; Id?: string };
      // the signature covers the host that the worker sees: it is passed on as it is
      const passed = request(
        { host: '127.0.0.1', port: target, method: 'POST', path: incoming.url, headers: incoming.headers },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('end', () => {
            const text = Buffer.concat(parts);
            const told = JSON.parse(text.toString()) as { Id?: string; Status?: string };
            if (asked.StatementName && told.Id) names.set(told.Id, asked.StatementName);
            const name = names.get(told.Id ?? asked.Id ?? '');
            if (name && told.Status === 'FINISHED') onCommitted(name);
            outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
          });
        },
      );
      passed.on('error', () => outgoing.destroy());
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  service = await world();
}, 60_000);
afterAll(async () => {
  await service?.close();
  proxy?.close();
});

test(
  'a worker killed after the commit and before its answer: attempt 2, and every row once',
  { timeout: 90_000 },
  async () => {
    const through = { AWS_ENDPOINT_URL_REDSHIFT_DATA: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const worker = await service.startWorker(through);
    let killedAt = '';
    onCommitted = (name) => {
      if (killedAt || !name.includes(':load:')) return;
      killedAt = name;
      worker.kill('SIGKILL');
    };
    const running = service.waterclock('run', 'readings', '--interval', '2018-02-01T00:00Z', '--dbt', 'skip', '--wait');
    await expect.poll(() => killedAt, { timeout: 60_000 }).toContain('readings:2018-02-01T01:00:00Z:readings:load:');
    await service.startWorker();

    expect((await running).json).toMatchObject({ status: 'completed' });
    const history = await service.client.workflow.getHandle('readings-2018-02-01T01:00:00Z').fetchHistory();
    const copy = history.events?.find(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'copy',
    );
    const started = history.events?.findLast(
      (event) => event.activityTaskStartedEventAttributes?.scheduledEventId?.toString() === copy?.eventId?.toString(),
    );
    expect(started?.activityTaskStartedEventAttributes?.attempt).toBe(2);

    const [rows] = await service.query('select count(*) as n, count(distinct id) as ids from readings.readings');
    expect(rows).toEqual({ n: 2, ids: 2 });
    const ledger = await service.query('select status, inserted from monitor_db.handler_executions');
    expect(ledger).toEqual([{ status: 'loaded', inserted: 2 }]);
    expect(
      await service.query(
        `select table_name from svv_columns where table_schema = 'stage' and table_name not like 'lock%'`,
      ),
    ).toEqual([]);
  },
);

test(
  'a day of 24 intervals, its worker killed in the middle: every row once, one run each',
  { timeout: 180_000 },
  async () => {
    await service.stopWorkers();
    const worker = await service.startWorker();
    const day = ['--from', '2018-02-02T00:00Z', '--to', '2018-02-03T00:00Z'];
    const backfill = service.begin(
      'backfill',
      'create',
      'readings',
      ...day,
      '--max-active',
      '6',
      '--dbt',
      'skip',
      '--wait',
    );
    await expect.poll(() => backfill.told(), { timeout: 60_000, interval: 100 }).toMatch(/readings ([89]|1\d)\/24/);
    worker.kill('SIGKILL');
    await service.startWorker();
    expect(await backfill.ended).toMatchObject({
      code: 0,
      json: { status: 'completed', succeeded: 24, failedCount: 0 },
    });

    const inDay = "_interval_start >= '2018-02-02' and _interval_start < '2018-02-03'";
    const counts = `select count(*) as n, count(distinct id) as ids, count(distinct _run_id) as runs from readings.readings where ${inDay}`;
    expect(await service.query(counts)).toEqual([{ n: readings, ids: readings, runs: 24 }]);
    const loads = `select count(*) as loads, sum(inserted) as inserted, sum(updated) as updated from monitor_db.handler_executions where interval_start >= '2018-02-02' and interval_start < '2018-02-03'`;
    expect(await service.query(loads)).toEqual([{ loads: 24, inserted: readings, updated: 0 }]);
  },
);
