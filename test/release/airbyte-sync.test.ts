import { execFile, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { s3Store } from '../../lake/object-store.js';
import { airbyteServer, client, token, type AirbyteServer } from '../support/airbyte-server.js';
import { cloneProgram, type Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { histories, objects } from '../support/places.js';
import { world, type World } from '../support/world.js';

const connection = 'e735894a-e773-4938-969f-45f53957b75b';
const rows = 5_000;

let clone: Clone;
let server: AirbyteServer;
let service: World;
const written: Promise<unknown>[] = [];

beforeAll(async () => {
  clone = cloneProgram();
  server = await airbyteServer([connection]);
  const configure = (...given: string[]) =>
    writeFile(
      join(clone.root, 'test/project/waterclock.config.ts'),
      `import { syncPipelines } from '../support/sync-pipelines.js';\nexport default { pipelines: syncPipelines(${given.map((one) => JSON.stringify(one)).join(', ')}) };\n`,
    );
  await configure(server.url, 'unknown', 'http://127.0.0.1:1', connection);
  service = await world({ WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '3' }, clone.root);
  const { AWS_ENDPOINT_URL_S3: endpoint = '', WATERCLOCK_LAKE_BUCKET: bucket = '' } = service.environment;
  // bucket and address are known only now
  await configure(server.url, bucket, endpoint, connection);
  for (const [name, value] of Object.entries(service.environment)) process.env[name] ??= value;
  const store = s3Store({ forcePathStyle: true });
  // the destination of the connection, as it writes JSON Lines
  server.ends = ({ jobId }) => {
    const lines = Array.from({ length: rows }, (_, id) =>
      JSON.stringify({ _airbyte_raw_id: `${jobId}-${id}`, _airbyte_extracted_at: 0, _airbyte_data: { id } }),
    );
    const half = rows / 2;
    for (const [at, part] of [lines.slice(0, half), lines.slice(half)].entries())
      written.push(
        store.put(
          { bucket, key: `landing/shop/orders/2022_11_25_${jobId}_${at}.jsonl.gz` },
          gzipSync(`${part.join('\n')}\n`),
        ),
      );
    return { status: 'succeeded', rows };
  };
  await service.startWorker({ WATERCLOCK_ROLES: 'workflows,warehouse,transform' });
}, 600_000);
afterAll(async () => {
  await service?.close();
  server?.close();
  clone?.remove();
});

const startIngest = (): Promise<ChildProcess> =>
  service.startWorker({ WATERCLOCK_ROLES: 'ingest', AIRBYTE_ID: client.id, AIRBYTE_SECRET: client.secret });

test("Airbyte's own client works on the imitation", async () => {
  const own = await airbyteServer([connection]);
  try {
    const python = await pythonVenv('airbyte', process.env);
    const { stdout } = await promisify(execFile)(python, [
      'test/support/airbyte-client.py',
      own.url,
      token,
      connection,
    ]);
    expect(JSON.parse(stdout)).toEqual({
      second: 409,
      listed: [41],
      started: 41,
      statuses: ['pending', 'running', 'succeeded'],
      cancelled: 'cancelled',
      unknown: 404,
      stranger: 401,
      order: 400,
    });
  } finally {
    own.close();
  }
});

test('a worker that is killed while it waits leaves one sync, whose rows are loaded once', async () => {
  server.looks = 8;
  let ingest = await startIngest();
  const running = service.waterclock('run', 'synced', '--dbt', 'skip', '--wait');
  await eventually(async () => server.jobs.some(({ status }) => status === 'running'));
  ingest.kill('SIGKILL');
  ingest = await startIngest();
  const said = await running;
  expect(said, JSON.stringify(said)).toMatchObject({ code: 0, json: { status: 'completed' } });
  const count = () => service.query('select count(*) as n, count(distinct id) as ids from synced.orders');
  expect(await count()).toEqual([{ n: rows, ids: rows }]);
  // a second run of the interval takes the sync that it has
  const again = await service.waterclock('run', 'synced', '--dbt', 'skip', '--wait', '--force');
  expect(again, JSON.stringify(again)).toMatchObject({ code: 0 });
  expect(await count()).toEqual([{ n: rows, ids: rows }]);
  expect(server.jobs.map(({ status }) => status)).toEqual(['succeeded']);
});

test('secrets and tokens are nowhere', async () => {
  const places: Record<string, string> = { ...(await histories(service)), ...(await objects(service)) };
  for (const [place, text] of Object.entries(places)) expect(text.includes('planted-'), place).toBe(false);
});
