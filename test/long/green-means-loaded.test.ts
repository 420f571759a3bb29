import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freePort } from '../../local/ports.js';
import { workerMemory } from '../../local/worker-memory.js';
import { cloneProgram, type Clone } from '../support/clone.js';
import { pipelines } from '../support/field-pipelines.js';
import { world, type World } from '../support/world.js';

const MB = 1024 * 1024;

let clone: Clone;
let folder: string;
let objects: ChildProcess;
let upstream: Server;
let service: World;
let worker: ChildProcess;
let answer: RequestListener = (_, response) => response.writeHead(404).end();

beforeAll(async () => {
  clone = cloneProgram();
  await writeFile(
    join(clone.root, 'test/project/waterclock.config.ts'),
    "import { pipelines } from '../support/field-pipelines.js';\nexport default { pipelines, dbt: './dbt' };\n",
  );
  folder = await mkdtemp(join(tmpdir(), 'waterclock-field-'));
  await mkdir(join(folder, 'field-lines'));
  const port = await freePort();
  const args = ['serve', 's3', '--addr', `127.0.0.1:${port}`, '--config', '/dev/null', '--dir-cache-time', '1s'];
  objects = spawn(inject('stack').tools.rclone, [...args, '--read-only', folder], { stdio: 'ignore' });
  upstream = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`;
  const sources = pipelines.map(({ name }) => [
    `WATERCLOCK_SOURCE_${name.toUpperCase()}`,
    name === 'lines' ? `http://127.0.0.1:${port}` : address,
  ]);
  service = await world(Object.fromEntries(sources) as Record<string, string>, clone.root);
  worker = await service.startWorker({ WATERCLOCK_SOURCE_MOST_BYTES: String(1024 * MB), ...workerMemory });
}, 180_000);
afterAll(async () => {
  await service?.close();
  upstream?.close();
  objects?.kill('SIGTERM');
  await rm(folder, { recursive: true, force: true });
  clone?.remove();
});

const start = (hour: number) => `2018-02-01T${String(hour).padStart(2, '0')}:00:00Z`;
const row = (id: number) => ({ id, v: `v${id}` });

function serve(body: unknown, headers: Record<string, string> = {}): void {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(bytes);
}

/** an object of the hour; listed once the server's cache of the folder is over */
async function put(hour: number, body: string | Buffer, name = `${hour}.json`): Promise<void> {
  const path = join(folder, 'field-lines', name);
  await writeFile(path, body);
  const at = new Date(Date.parse(start(hour)) + 600_000);
  await utimes(path, at, at);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
}

const run = (pipeline: string, hour: number, ...more: string[]) =>
  service.waterclock('run', pipeline, '--interval', start(hour), '--dbt', 'skip', '--wait', ...more);

const ids = async (pipeline: string, hour: number) => {
  const where = `where _interval_start = '${start(hour).replace('T', ' ').replace('Z', '')}'`;
  const found = await service.query(`select id from ${pipeline}.rows ${where} order by id`);
  return found.map(({ id }) => Number(id));
};

const failed = (message: string) => ({
  code: 1,
  json: expect.objectContaining({ status: 'failed', error: expect.stringContaining(message) as string }) as object,
});

describe('nothing usable fails before anything is deleted', () => {
  test('an error object with status 200', async () => {
    serve([1, 2, 3, 4, 5].map(row));
    expect((await run('plain', 0)).code).toBe(0);
    serve({ success: false, cause: 'You have already looked up this name recently' });
    expect(await run('plain', 0, '--force')).toMatchObject(failed('NothingUsable'));
    expect(await ids('plain', 0)).toEqual([1, 2, 3, 4, 5]);
    const shown = await service.waterclock('runs', '--pipeline', 'plain', '--status', 'failed');
    expect(shown.json).toHaveLength(1);
  });

  test('a list two levels down, in an answer larger than a record', async () => {
    const items = Array.from({ length: 100_000 }, (_, id) => ({ id, v: 'x'.repeat(150) }));
    serve({ data: { items } });
    expect(await run('nested', 0)).toMatchObject(failed('NothingUsable'));
    serve({ data: { items: [row(1), row(2)] } });
    expect((await run('nested', 1)).code).toBe(0);
    expect(await ids('nested', 1)).toEqual([1, 2]);
  });

  test.each([
    ['a JSON array on one line', JSON.stringify([row(1), row(2)]), "records: { form: 'json' }"],
    ['a pretty one', JSON.stringify([row(1), row(2)], null, 2), "records: { form: 'json' }"],
    ['Latin-1', Buffer.from(`${JSON.stringify({ id: 1, v: 'é' })}\n`, 'latin1'), 'not UTF-8'],
    ['HTML', '<html><body>Bad gateway</body></html>', 'HTML'],
    ['zstd', Buffer.from('28b52ffd2400010000', 'hex'), 'zstd'],
  ])('a file that is %s is named, beside one that is right', async (name, body, hint) => {
    const hour = 10 + (name.length % 10);
    await put(hour, body, `${name}.json`);
    await put(hour, JSON.stringify(row(9)), `${name}-right.json`);
    const said = await run('lines', hour);
    if (name === 'Latin-1') {
      // one bad record beside a good one is what maxRejected is for
      expect(said.code).toBe(0);
      const { json } = await service.waterclock('rejected', 'lines', '--interval', start(hour));
      expect(JSON.stringify(json)).toContain(hint);
    } else expect(said).toMatchObject(failed(hint));
  });
});

describe('an interval that held rows is not emptied by an answer without any', () => {
  test.each(['plain', 'appended'])('%s', async (name) => {
    serve([row(1), row(2)]);
    expect((await run(name, 5)).code).toBe(0);
    serve([]);
    expect(await run(name, 5, '--force')).toMatchObject(failed('EmptiesInterval'));
    expect(await ids(name, 5)).toEqual([1, 2]);
    expect((await run(name, 5, '--force', '--allow-empty')).code).toBe(0);
    expect(await ids(name, 5)).toEqual([]);
  });

  test('unless the entity says so', async () => {
    serve([row(1)]);
    expect((await run('allowed', 5)).code).toBe(0);
    serve([]);
    expect((await run('allowed', 5, '--force')).code).toBe(0);
    expect(await ids('allowed', 5)).toEqual([]);
  });

  test('a retry from copy may allow it', async () => {
    serve([row(1)]);
    expect((await run('plain', 6)).code).toBe(0);
    serve([]);
    expect((await run('plain', 6, '--force')).code).toBe(1);
    const name = `plain-${start(7)}`;
    const words = ['--from-step', 'copy', '--allow-empty', '--dbt', 'skip', '--wait'];
    expect((await service.waterclock('retry', name, ...words)).code).toBe(0);
    expect(await ids('plain', 6)).toEqual([]);
  });

  test('an hour that never held any is loaded', async () => {
    serve([]);
    expect((await run('plain', 7)).code).toBe(0);
  });
});

describe('records of no use', () => {
  test('that match no `when` raise an alert with their values', async () => {
    serve([{ ...row(1), kind: 'Order' }]);
    expect((await run('chosen', 0)).code).toBe(0);
    const alert = await alertOf('unmatched', `chosen-${start(1)}`);
    await alert.result();
    const { events } = await alert.fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    expect(Buffer.from(input ?? []).toString()).toContain('kind = \\"Order\\"');
  });

  test('whose times are seconds where milliseconds were declared fail the run', async () => {
    serve(Array.from({ length: 100 }, (_, id) => ({ id, at: Date.parse(start(0)) / 1000 + id })));
    expect(await run('timed', 0)).toMatchObject(failed('seconds'));
  });
});

describe('an answer that says there is more fails until the pipeline says how it pages', () => {
  test.each([
    ['a next link', { link: '<http://127.0.0.1/?page=2>; rel="next"' }, [row(1)]],
    ['has_more', {}, { users: [row(1)], has_more: true }],
    ['a cursor', {}, { users: [row(1)], next_cursor: 'c2' }],
    ['a total', {}, { users: [row(1)], meta: { total: 3 } }],
  ])('%s', async (name, headers, body) => {
    serve(body, headers);
    expect(await run(Array.isArray(body) ? 'plain' : 'listed', 20)).toMatchObject(failed('MorePages'));
    expect(name).toBeTruthy();
  });

  test('null is an empty list; a missing one and an empty body are faults', async () => {
    serve({ users: null, next_token: null });
    expect((await run('listed', 0)).code).toBe(0);
    serve({ next_token: null });
    expect(await run('listed', 1)).toMatchObject(failed("it has no 'users'"));
    serve('');
    expect(await run('listed', 2)).toMatchObject(failed('empty'));
  });
});

describe('another framing or encoding is read', () => {
  test('objects one after the other without a newline, as Firehose writes them', async () => {
    await put(0, [1, 2, 3, 4, 5].map((id) => JSON.stringify(row(id))).join(''));
    expect((await run('lines', 0)).code).toBe(0);
    expect(await ids('lines', 0)).toEqual([1, 2, 3, 4, 5]);
  });

  test('UTF-16 with its mark, beside UTF-8', async () => {
    const lines = [1, 2].map((id) => JSON.stringify({ id, v: `é${id}` })).join('\r\n');
    await put(1, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(lines, 'utf16le')]), 'utf16.json');
    await put(1, JSON.stringify(row(3)), 'utf8.json');
    expect((await run('lines', 1)).json).toMatchObject({ status: 'completed' });
    expect(await ids('lines', 1)).toEqual([1, 2, 3]);
  });

  test.each(['GZIP', 'x-gzip', 'gzip', 'utf-8', '', 'aws-chunked'])('content-encoding "%s"', async (encoding) => {
    const body = Buffer.from(JSON.stringify([row(1)]));
    serve(/gzip/i.test(encoding) ? gzipSync(body) : body, { 'content-encoding': encoding });
    expect((await run('plain', 12, '--force')).code).toBe(0);
  });
});

test('a record that cannot be read counts as rejected everywhere', async () => {
  await put(4, `${JSON.stringify(row(1))}\n{"id":\n`);
  const said = await run('lines', 4);
  expect(said.code).toBe(0);
  const { json } = await service.waterclock('runs', '--pipeline', 'lines', '--interval', start(4));
  expect(json).toMatchObject([{ loaded: 1, rejected: 1 }]);
  const seen = await service.client.workflow.getHandle(`lines-${start(5)}`).describe();
  expect(seen.searchAttributes['RowsRejected']).toEqual([1]);
  await alertOf('rejected', `lines-${start(5)}`);
});

/** its name ends with that of the execution; a list shows it a moment after it began */
async function alertOf(kind: string, run: string) {
  const { workflow } = service.client;
  const found = async () => {
    for await (const { workflowId } of workflow.list({ query: `WorkflowId STARTS_WITH 'alert-${kind}-${run}'` }))
      return workflowId;
    return undefined;
  };
  await expect.poll(found, { timeout: 10_000 }).toBeDefined();
  return workflow.getHandle((await found()) ?? '');
}

describe('SUPER', () => {
  test('the hour as it came is read where it holds SUPER, and another pipeline has an entity of that name', async () => {
    serve([{ id: 1, bag: { a: [1, 'x'] } }]);
    expect((await run('bags', 0)).code).toBe(0);
    const seen = await service.query('select id, json_serialize(bag) as bag from bags.things_by_interval');
    expect(seen).toEqual([{ id: 1, bag: '{"a":[1,"x"]}' }]);
    serve([row(1)]);
    expect((await run('others', 0)).code).toBe(0);
    expect(await service.query('select id, v from others.things_by_interval')).toEqual([row(1)]);
  });

  test('an external table of an earlier version, which nobody could read, is made again', async () => {
    const table = 'spectrum.bags_things';
    await service.administer('drop view bags.things_by_interval');
    await service.administer(`drop table ${table}`);
    const columns = '(id integer, bag varchar(65535), _row_id varchar(32))';
    const location = `s3://${service.environment['WATERCLOCK_LAKE_BUCKET']}/processed/bags/things/`;
    await service.administer(
      `create external table ${table} ${columns} partitioned by (dt date, hr smallint) stored as parquet location '${location}'`,
    );
    serve([{ id: 1, bag: { a: 2 } }]);
    expect((await run('bags', 0, '--force')).code).toBe(0);
    expect(await service.query('select json_serialize(bag) as bag from bags.things_by_interval')).toEqual([
      { bag: '{"a":2}' },
    ]);
  });

  test('a longer text than it takes costs its record, not the interval', async () => {
    serve([
      { id: 1, bag: { signature: 'x'.repeat(70_000) } },
      { id: 2, bag: { signature: 'y' } },
    ]);
    expect((await run('bags', 1)).code).toBe(0);
    expect(await service.query('select id from bags.things where id = 2')).toEqual([{ id: 2 }]);
    const { json } = await service.waterclock('rejected', 'bags', '--interval', start(1));
    expect(JSON.stringify(json)).toContain('SUPER takes');
  });
});

describe('memory has a bound for any input', () => {
  /** of the worker, since it was asked before; the kernel counts it */
  async function peakMb(work: () => Promise<void>): Promise<number> {
    await writeFile(`/proc/${worker.pid}/clear_refs`, '5');
    await work();
    const status = await readFile(`/proc/${worker.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  /** a body in pieces, as fast as it is taken */
  function stream(begin: string, piece: Buffer, pieces: number, end: string): void {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      Readable.from(
        (function* () {
          yield Buffer.from(begin);
          for (let at = 0; at < pieces && !response.destroyed; at++) yield piece;
          yield Buffer.from(end);
        })(),
      )
        .on('error', () => undefined)
        .pipe(response);
    };
  }

  const noise = Buffer.alloc(MB, 'x');

  test.each([
    ['a string of 700 MB beside the records', '{"users":[{"id":1,"v":"a"}],"note":"', 700, '"}', 'around its records'],
    ['a record of 700 MB', '{"users":[{"id":1,"v":"', 700, '"}]}', 'NothingUsable'],
    ['an endless string', '{"users":[],"note":"', 1_000_000, '', 'SourceTooLarge'],
  ])('%s', { timeout: 300_000 }, async (name, begin, pieces, end, message) => {
    stream(begin, noise, pieces, end);
    const peak = await peakMb(async () => expect(await run('listed', 15)).toMatchObject(failed(message)));
    process.stderr.write(`${name}: the worker peaks at ${peak.toFixed(0)} MB\n`);
    expect(peak).toBeLessThan(640);
  });

  test('a line of 800 MB without a newline', { timeout: 300_000 }, async () => {
    const path = join(folder, 'field-lines', 'long.json');
    const file = createWriteStream(path);
    for (let at = 0; at < 800; at++) if (!file.write(noise)) await once(file, 'drain');
    file.end();
    await once(file, 'finish');
    const at = new Date(Date.parse(start(21)) + 600_000);
    await utimes(path, at, at);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const peak = await peakMb(async () => expect(await run('lines', 21)).toMatchObject(failed('NothingUsable')));
    await rm(path);
    process.stderr.write(`a line of 800 MB: the worker peaks at ${peak.toFixed(0)} MB\n`);
    expect(peak).toBeLessThan(640);
  });
});
