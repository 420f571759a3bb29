import { execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { cloneProgram, type Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { imitatedHosts, type ImitatedHosts, openssl } from '../support/imitated-hosts.js';
import { histories, objects } from '../support/places.js';
import { world, type World } from '../support/world.js';
import { wrappedTaps } from '../support/wrapped-taps.js';

// connectors as their packages have them, from the index of Python packages
const packages = ['airbyte-source-nytimes==0.1.18', 'airbyte-source-vantage==0.1.14'];
const key = 'planted-news-key-77';
const monthly = 200;
const imitated = ['api.nytimes.com', 'api.vantage.sh', 'readthedocs.org', 'api.app.shortcut.com'];

let clone: Clone;
let hosts: ImitatedHosts;
let service: World;
let worker: ChildProcess;
let log = '';
let programs: Record<string, string>;
const months: string[] = [];

describe.skipIf(!existsSync(openssl))('connectors of others', () => {
  beforeAll(async () => {
    clone = cloneProgram();
    const python = await pythonVenv('connectors', process.env);
    const tapsPython = await pythonVenv('taps', process.env);
    const wheels = join(clone.root, 'wheels');
    execFileSync(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheels, ...packages]);
    for (const name of ['nytimes-0.1.18', 'vantage-0.1.14'])
      execFileSync(python, ['-m', 'zipfile', '-e', join(wheels, `airbyte_source_${name}-py3-none-any.whl`), wheels]);
    hosts = await imitatedHosts(join(clone.root, 'hosts'), imitated, answer);
    const taps = wrappedTaps(join(clone.root, 'taps'), dirname(tapsPython), hosts, ['tap-readthedocs', 'tap-shortcut']);
    await writeFile(
      join(clone.root, 'test/project/waterclock.config.ts'),
      `import { connectorPipelines } from '../support/connector-pipelines.js';\nexport default { pipelines: connectorPipelines('${wheels}') };\n`,
    );
    programs = {
      ...hosts.environment,
      PATH: [dirname(python), taps, process.env['PATH']].join(':'),
      NEWS_KEY: key,
      COSTS_KEY: 'planted-costs-key-88',
      DOCS_KEY: 'planted-docs-key-99',
      PLANS_KEY: 'planted-plans-key-66',
    };
    service = await world({ WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '3' }, clone.root);
    await service.startWorker({ WATERCLOCK_ROLES: 'workflows,warehouse,transform' });
    worker = await startIngest();
  }, 600_000);
  afterAll(async () => {
    await service?.close();
    hosts?.close();
    clone?.remove();
  });

  async function completes(...args: string[]): Promise<void> {
    const said = await service.waterclock('run', ...args, '--dbt', 'skip', '--wait');
    expect(said, JSON.stringify(said)).toMatchObject({ code: 0, json: { status: 'completed' } });
  }
  const runNews = (...more: string[]) => completes('news', '--interval', '2022-11-24T10:00Z', ...more);

  test(`a low-code connector whose worker is killed goes on from its state, and loads each record once (skipped without ${openssl})`, async () => {
    const running = runNews();
    await eventually(async () => Object.keys(await objects(service)).some((name) => name.startsWith('raw/')));
    worker.kill('SIGKILL');
    worker = await startIngest();
    await running;
    expect(new Set(months).size).toBe(5);
    const counted = { n: 5 * monthly, ids: 5 * monthly };
    const count = () => service.query('select count(*) as n, count(distinct article_id) as ids from news.archive');
    expect(await count()).toEqual([counted]);
    // a second time from what it began with
    await runNews('--force');
    expect(await count()).toEqual([counted]);
  });

  test(`streams that are read whole, over pages, and taps, whose tables are the same after a second run (skipped without ${openssl})`, async () => {
    await completes('costs');
    expect(await service.query('select count(*) as n, count(distinct id) as ids from costs.services')).toEqual([
      { n: 150, ids: 150 },
    ]);
    expect(await service.query('select name from costs.providers')).toEqual([{ name: 'one cloud' }]);
    await completes('documented');
    expect(await service.query('select count(*) as n, count(distinct id) as ids from documented.projects')).toEqual([
      { n: 120, ids: 120 },
    ]);
    await completes('planned');
    expect(await service.query('select name from planned.labels order by id')).toEqual([
      { name: 'late' },
      { name: 'soon' },
    ]);
    const tables = () =>
      Promise.all(
        ['costs.services', 'costs.providers', 'documented.projects', 'planned.labels'].map((table) =>
          service.query(`select id, _interval_start from ${table} order by 1`),
        ),
      );
    const before = await tables();
    for (const name of ['costs', 'documented', 'planned']) await completes(name, '--force');
    expect(await tables()).toEqual(before);
  });

  test(`what a connector logs is in the log of its worker, its secrets are nowhere (skipped without ${openssl})`, async () => {
    expect(log).toContain('Starting syncing');
    const places: Record<string, string> = { log, ...(await histories(service)), ...(await objects(service)) };
    for (const [place, text] of Object.entries(places)) expect(text.includes('planted-'), place).toBe(false);
  });
});

async function startIngest(): Promise<ChildProcess> {
  const started = await service.startWorker({ ...programs, WATERCLOCK_ROLES: 'ingest' });
  started.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return started;
}

async function answerTo({ url = '', headers }: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(url, 'https://imitated');
  if (headers.host === 'api.vantage.sh') {
    const page = Number(searchParams.get('page') ?? 0);
    if (pathname.endsWith('/providers')) return { providers: page > 0 ? [] : [{ id: 'aws', name: 'one cloud' }] };
    const services = Array.from({ length: 150 }, (_, at) => ({ id: `s-${at}`, name: `service ${at}` }));
    return { services: services.slice(page * 100, page * 100 + 100) };
  }
  if (headers.host === 'api.app.shortcut.com')
    return [
      { id: 1, name: 'late' },
      { id: 2, name: 'soon' },
    ];
  if (headers.host === 'readthedocs.org') {
    const from = Number(searchParams.get('offset') ?? 0);
    const projects = Array.from({ length: 120 }, (_, at) => ({ id: at, slug: `project-${at}`, name: `Project ${at}` }));
    return { count: 120, results: projects.slice(from, from + 50) };
  }
  const [, year, month] = /archive\/v1\/(\d+)\/(\d+)\.json/.exec(pathname) ?? [];
  if (searchParams.get('api-key') !== key || month === undefined) return undefined;
  months.push(`${year}/${month}`);
  // long enough to be killed in the middle
  await setTimeout(1_000);
  const docs = Array.from({ length: monthly }, (_, at) => ({
    _id: `nyt-${year}-${month}-${at}`,
    pub_date: `${year}-${month.padStart(2, '0')}-${String(1 + (at % 28)).padStart(2, '0')}T00:00:${String(at % 60).padStart(2, '0')}+0000`,
  }));
  return { response: { docs } };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  void answerTo(request).then(
    (found) => {
      response.setHeader('content-type', 'application/json');
      if (found === undefined) response.statusCode = 403;
      response.end(JSON.stringify(found ?? { fault: 'wrong key or address' }));
    },
    (error: Error) => response.writeHead(500).end(error.message),
  );
}
