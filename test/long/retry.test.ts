import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attributes } from '../../model/attributes.js';
import { cloneProgram, type Clone } from '../support/clone.js';
import { collection, reading } from '../support/readings.js';
import { world, type World } from '../support/world.js';

let clone: Clone;
let service: World;
let upstream: Server;
/** what the upstream was asked, by interval */
const asked = new Map<string, number>();
/** what it answers with */
let status = 200;

/** as a user edits it; workers see it after a restart */
function editSchema(from: string, to: string): void {
  const file = join(clone.root, 'test/project/pipelines/readings/definition.ts');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}
const loose = 'level: z.number().nullable()';
const strict = 'level: z.number().max(2)';

beforeAll(async () => {
  clone = cloneProgram();
  editSchema(loose, strict);
  upstream = createServer((request, response) => {
    const start = new URL(request.url ?? '', 'http://x').searchParams.get('starttime') ?? '';
    asked.set(start, (asked.get(start) ?? 0) + 1);
    const features = Array.from({ length: 12 }, (_, at) =>
      reading(`${start}-${at}`, Date.parse(start) + at, { level: at === 0 ? 1 : 5 }),
    );
    response.statusCode = status;
    response.end(collection(...features));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/query`;
  service = await world(
    { WATERCLOCK_SOURCE_READINGS: url, WATERCLOCK_SNAPSHOT_AT: '2022-11-25T02:00:00Z' },
    clone.root,
  );
  await service.startWorker();
}, 90_000);
afterAll(async () => {
  await service?.close();
  upstream?.close();
  clone?.remove();
});

const start = (hour: number) => `2018-03-01T0${hour}:00:00Z`;
const name = (hour: number) => `readings-${start(hour + 1)}`;
const run = (hour: number) =>
  service.waterclock('run', 'readings', '--interval', start(hour), '--dbt', 'skip', '--wait');
const retry = (...words: string[]) => service.waterclock('retry', ...words, '--dbt', 'skip');
const rows = (hour: number) =>
  service.query(
    `select count(*) as n from readings.readings where _interval_start = '${start(hour).replace('T', ' ').replace('Z', '')}'`,
  );

test('above maxRejected nothing is loaded; the error names counts, fields and where to look', async () => {
  const { code, json } = await run(1);
  expect(code).toBe(1);
  const { error } = json as { error: string };
  expect(error).toMatch(
    /11 of 12 rows were rejected, more than the 10 that maxRejected allows: 11 at properties\.level; see /,
  );
  expect(error).toContain('see `waterclock rejected readings --interval 2018-03-01T01:00:00Z`');
  await expect(rows(1)).rejects.toThrow(/readings/);
});

test('rejected shows what failed, grouped by reason, with an example and its place', async () => {
  const { json } = await service.waterclock('rejected', 'readings', '--interval', start(1));
  expect(json).toMatchObject({
    run: name(1),
    counts: { records: 12, routed: 12, ignored: 0, dropped: 0, unparseable: 0 },
    rejected: { readings: 11 },
    groups: [
      {
        entity: 'readings',
        count: 11,
        reason: expect.stringMatching(/^properties\.level: .*N$/) as string,
        example: {
          source: expect.stringContaining('starttime=') as string,
          line: 1,
          offset: expect.any(Number) as number,
        },
      },
    ],
  });
  const newest = await service.waterclock('rejected', 'readings', '--reason', 'no such reason');
  expect(newest.json).toMatchObject({ run: name(1), groups: [] });
});

test.each([
  [['retry', 'readings'], /is a pipeline: name one of its runs/],
  [['retry', 'nonsense'], /'nonsense' is not the name of a run/],
  [['retry', 'readings-2018-01-01T01:00:00Z'], /no run is named 'readings-2018-01-01T01:00:00Z'/],
  [['retry', 'reading-2018-01-01T01:00:00Z'], /no pipeline is named 'reading', did you mean readings\?/],
  [['rejected', 'readings', '--run', 'minibuses-2022-11-24T11:00:00Z'], /is not a run of readings/],
  [['rejected', 'catalog'], /catalog has no run yet/],
])('%j is refused, exit 2', async (words, told) => {
  const { code, stderr } = await service.waterclock(...words);
  expect(stderr).toMatch(told);
  expect(code).toBe(2);
});

test('a run that is running is refused with its link', async () => {
  const running = service.client.workflow.getHandle(name(0));
  await service.client.workflow.start('pipelineRun', {
    workflowId: name(0),
    taskQueue: 'nobody-works-here',
    args: [
      {
        pipeline: 'readings',
        interval: { start: start(0), end: start(1) },
        grid: { every: 3_600_000, offset: 0 },
        trigger: 'manual',
        dbt: 'skip',
        params: {},
      },
    ],
  });
  const { code, stderr } = await retry(name(0));
  await running.terminate('the test is over');
  expect(stderr).toMatch(/is running: only a run that has ended is retried: http.*readings-2018-03-01T01:00:00Z/);
  expect(code).toBe(2);
});

test(
  'after a schema fix a retry takes the failed step again, from the raw that is there',
  { timeout: 180_000 },
  async () => {
    await run(2);
    await run(3);
    await service.stopWorkers();
    editSchema(strict, loose);
    await service.startWorker();
    const planned = await retry(name(1), '--dry-run');
    expect(planned.json).toMatchObject({
      run: name(1),
      status: 'dry run',
      input: { from: 'validate', source: expect.any(String) as string },
    });
    const { code, json } = await retry(name(1), '--wait');
    expect(json).toMatchObject({
      run: name(1),
      status: 'completed',
      result: { entities: { readings: { loaded: 12 } } },
    });
    expect(code).toBe(0);
    expect(await rows(1)).toEqual([{ n: 12 }]);
    expect(asked.get(start(1))).toBe(1);
    expect((await service.waterclock('show', name(1))).json).toMatchObject({
      details: expect.stringContaining('| extract | reused | from run') as string,
    });
  },
);

test(
  'a run that completed is retried only from a named step; a retry of a retry works, from any step',
  { timeout: 180_000 },
  async () => {
    expect((await retry(name(1))).stderr).toMatch(/completed: name the step to begin with by --from-step/);
    for (const step of ['validate', 'parquet', 'copy', 'dbt']) {
      expect((await retry(name(1), '--from-step', step, '--wait')).json).toMatchObject({ status: 'completed' });
    }
    expect(await rows(1)).toEqual([{ n: 12 }]);
    // the files of the run before the last: those that were loaded
    expect(
      await service.query(
        `select count(*) as n from spectrum.readings_readings where dt = '${start(1).slice(0, 10)}' and hr = ${Number(start(1).slice(11, 13))}`,
      ),
    ).toEqual([{ n: 12 }]);
    expect(asked.get(start(1))).toBe(1);
    const [{ manifests } = {}] = await service.query(
      `select count(distinct manifest) as manifests from monitor_db.ingestor_executions where workflow_id = '${name(1)}'`,
    );
    expect(manifests).toBe(6);
  },
);

test('the failed runs of a range are retried as one durable workflow', { timeout: 180_000 }, async () => {
  const range = ['readings', '--from', start(1), '--to', start(5)];
  const planned = await retry(...range, '--failed', '--dry-run');
  expect(planned.json).toMatchObject({
    status: 'dry run',
    input: {
      retries: [
        { interval: { start: start(2) }, from: 'validate' },
        { interval: { start: start(3) }, from: 'validate' },
      ],
    },
  });
  const { code, json, stderr } = await retry(...range, '--failed', '--wait');
  expect(json).toMatchObject({ total: 2, started: 2, succeeded: 2, failed: [] });
  expect(stderr).toContain('1 intervals without a run');
  expect(code).toBe(0);
  expect([await rows(2), await rows(3)]).toEqual([[{ n: 12 }], [{ n: 12 }]]);
  expect(asked.get(start(2))).toBe(1);
  expect((await retry(...range, '--failed')).stderr).toMatch(/no failed run of readings can be retried/);
});

test('what has expired is named with the step to begin with', async () => {
  const { environment } = service;
  const s3 = new S3Client({
    endpoint: environment['AWS_ENDPOINT_URL_S3'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    forcePathStyle: true,
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  const Bucket = environment['WATERCLOCK_LAKE_BUCKET'];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'processed/readings/' }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  s3.destroy();
  const { code, json } = await retry(name(2), '--from-step', 'parquet', '--wait');
  expect(json).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/processed\/readings\/.* does not exist; retry from validate/) as string,
  });
  expect(code).toBe(1);
  expect((await retry(name(2), '--from-step', 'validate', '--wait')).json).toMatchObject({ status: 'completed' });
});

test('--entity loads that one again, the other stays as it was', { timeout: 180_000 }, async () => {
  const { json } = await service.waterclock('run', 'catalog', '--dbt', 'skip', '--wait');
  const { run, runId } = json as { run: string; runId: string };
  expect((await retry(run, '--entity', 'product', '--from-step', 'copy')).stderr).toContain(
    "catalog has no entity 'product' (known: products, product_parts)",
  );
  const again = await retry(run, '--entity', 'products', '--from-step', 'parquet', '--wait');
  expect(again.json).toMatchObject({ status: 'completed', result: { entities: { products: { rejected: 0 } } } });
  const loads = await service.query(
    `select entity, run_id = '${runId}' as first from monitor_db.handler_executions where pipeline = 'catalog' order by 1, 2`,
  );
  expect(loads).toEqual([
    { entity: 'product_parts', first: true },
    { entity: 'products', first: false },
    { entity: 'products', first: true },
  ]);
  expect(await service.query(`select status from monitor_db.run_executions_latest where pipeline = 'catalog'`)).toEqual(
    [{ status: 'completed' }],
  );
});

test('a parked run is told to try again by itself', { timeout: 180_000 }, async () => {
  await service.stopWorkers();
  editSchema("deadline: '30 minutes',", "deadline: '30 minutes',\n  onFailure: 'park',");
  await service.startWorker();
  status = 403;
  await service.waterclock('run', 'readings', '--interval', start(7), '--dbt', 'skip');
  const step = async () =>
    (await service.client.workflow.getHandle(name(7)).describe()).typedSearchAttributes.get(attributes.Step);
  while ((await step()) !== 'parked') await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await retry(name(7), '--from-step', 'extract')).stderr).toMatch(
    /is parked: `waterclock retry .*` alone tries its step again/,
  );
  expect((await retry(name(7), '--dry-run')).json).toMatchObject({ run: name(7), status: 'dry run' });
  const resolve = (...words: string[]) => service.waterclock('resolve', name(7), ...words);
  expect((await resolve('retry', '--note', 'x'.repeat(1_001))).stderr).toMatch(/up to 1000 letters, got 1001/);
  const note = 'the vendor said so';
  expect((await resolve('retry', '--note', note)).json).toMatchObject({ answer: 'retry', note });
  while ((await step()) !== 'parked') await new Promise((resolve) => setTimeout(resolve, 100));
  status = 200;
  expect((await retry(name(7), '--wait')).json).toMatchObject({ run: name(7), status: 'completed' });
  expect(await rows(7)).toEqual([{ n: 12 }]);
  const resolved = [{ answer: 'retry', note }, { answer: 'retry' }];
  expect((await service.waterclock('show', name(7))).json).toMatchObject({
    steps: [{ step: 'extract', resolved }, {}, {}, {}],
  });
  const { json } = await service.waterclock('runs', '--interval', start(7));
  expect(json).toMatchObject([{ run: name(7), resolved }]);
});
