import { execFile, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, cloneProgram, type Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { histories, objects } from '../support/places.js';
import { world, type World } from '../support/world.js';

const name = 'airbyte-source-convex==0.4.29';
const key = 'planted-convex-key-55';
const pages = 12;
const rowsOfPage = 100;

let clone: Clone;
let upstream: Server;
let service: World;
/** cursors of the pages of the snapshot that were answered, in order */
const asked: number[] = [];

/** an API as the connector knows it: a snapshot in pages, then what has changed since */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://convex');
  const write = (status: number, value: unknown) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (request.headers.authorization !== `Convex ${key}`) return write(403, { code: 'Forbidden', message: 'wrong key' });
  if (pathname === '/api/json_schemas') {
    const properties = {
      _id: { type: 'string' },
      _ts: { type: 'integer' },
      _deleted: { type: 'boolean' },
      text: { type: 'string' },
      author: { type: 'object', properties: { name: { type: 'string' } } },
    };
    return write(200, { messages: { type: 'object', properties } });
  }
  if (pathname === '/api/document_deltas') return write(200, { values: [], cursor: 7, hasMore: false });
  const page = Number(searchParams.get('cursor') ?? 0);
  asked.push(page);
  // long enough to be killed in the middle
  await setTimeout(700);
  const values = Array.from({ length: rowsOfPage }, (_, at) => {
    const id = page * rowsOfPage + at;
    return {
      _id: `m-${id}`,
      _ts: 1_669_284_000_000_000_000 + id * 1_000,
      text: `message ${id}`,
      author: { name: 'x' },
    };
  });
  write(200, { values, cursor: String(page + 1), hasMore: page + 1 < pages, snapshot: 7 });
}

const connectors = () => ({ WATERCLOCK_CONNECTORS: join(clone.root, 'connectors'), CHAT_ACCESS_KEY: key });

function waterclock(...words: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: clone.root, env: { ...cleanEnvironment(), ...connectors() } };
    execFile(
      process.execPath,
      ['starter/bin.mjs', ...words, '--project', 'test/project'],
      options,
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

beforeAll(async () => {
  clone = cloneProgram();
  upstream = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(async () => {
  await service?.close();
  upstream?.closeAllConnections();
  upstream?.close();
  clone?.remove();
});

test(
  'a package that nobody here wrote is installed, and becomes a pipeline that passes the checks',
  { timeout: 300_000 },
  async () => {
    const config = join(clone.root, 'convex.json');
    const { port } = upstream.address() as AddressInfo;
    writeFileSync(config, JSON.stringify({ deployment_url: `http://127.0.0.1:${port}` }));
    const made = await waterclock('new', 'chat', '--from-connector', name, '--config', config, '--json');
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(made.stdout)).toMatchObject({
      open: [],
      entities: [{ name: 'messages', stream: 'messages', sync: 'incremental', mode: 'merge', key: ['id'] }],
    });
    const checked = await waterclock('pipelines', '--check');
    expect(checked, checked.stdout).toMatchObject({ code: 0 });
    expect((await waterclock('connectors', 'install')).stdout).toMatch(/^airbyte-source-convex==0\.4\.29 {2}there/);
    expect(await waterclock('connectors', 'check', 'chat')).toMatchObject({ code: 0 });
    const listed = JSON.parse((await waterclock('connectors', 'discover', 'chat', '--json')).stdout) as unknown;
    expect(listed).toMatchObject([{ name: 'messages', key: [['_id']], cursor: ['_ts'], read: 'incremental' }]);
  },
);

test(
  'its run, whose worker is killed in the middle, goes on from its state and loads each row once',
  { timeout: 300_000 },
  async () => {
    service = await world({ WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '3', ...connectors() }, clone.root);
    await service.startWorker({ WATERCLOCK_ROLES: 'workflows,warehouse,transform' });
    const startIngest = (): Promise<ChildProcess> => service.startWorker({ WATERCLOCK_ROLES: 'ingest' });
    const ingest = await startIngest();
    const run = (...more: string[]) => service.waterclock('run', 'chat', '--dbt', 'skip', '--wait', ...more);
    const running = run();
    // more than one state is in the lake
    await eventually(async () => {
      const raw = Object.keys(await objects(service)).filter((one) => /^raw\/chat\/.*part-/.test(one));
      return raw.length > 1;
    });
    ingest.kill('SIGKILL');
    await startIngest();
    const said = await running;
    expect(said, JSON.stringify(said)).toMatchObject({ code: 0, json: { status: 'completed' } });
    // a connector first asks for page 0 to see that it can reach the API, then for the page that it came to
    const resumed = asked.slice(asked.lastIndexOf(0) + 1);
    expect(resumed[0], asked.join()).toBeGreaterThan(0);
    expect(resumed, asked.join()).toHaveLength(pages - (resumed[0] ?? 0));
    const rows = pages * rowsOfPage;
    const count = () => service.query('select count(*) as n, count(distinct id) as ids from chat.messages');
    expect(await count()).toEqual([{ n: rows, ids: rows }]);
    const again = await run('--force');
    expect(again, JSON.stringify(again)).toMatchObject({ code: 0 });
    expect(await count()).toEqual([{ n: rows, ids: rows }]);
  },
);

test('its key is nowhere', async () => {
  const places: Record<string, string> = { ...(await histories(service)), ...(await objects(service)) };
  for (const [place, text] of Object.entries(places)) expect(text.includes('planted-'), place).toBe(false);
});
