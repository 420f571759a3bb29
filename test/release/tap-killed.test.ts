import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { cloneProgram, type Clone } from '../support/clone.js';
import { eventually } from '../support/eventually.js';
import { imitatedHosts, type ImitatedHosts, openssl } from '../support/imitated-hosts.js';
import { world, type World } from '../support/world.js';
import { wrappedTaps } from '../support/wrapped-taps.js';

const key = 'planted-questions-key-44';
const perPage = 2_000;
/** of each interval: more than twice what the tap reads before it writes a bookmark */
const perInterval = 24_000;

let clone: Clone;
let hosts: ImitatedHosts;
let service: World;
let worker: ChildProcess;
let programs: Record<string, string>;
let taps: string;
/** questions that there are, one a second */
let questions = 0;
/** pages that were answered: from which date on, and which of them */
const asked: { from: number; page: number }[] = [];

describe.skipIf(!existsSync(openssl))('a tap that keeps a bookmark', () => {
  beforeAll(async () => {
    clone = cloneProgram();
    const python = await pythonVenv('taps', process.env);
    hosts = await imitatedHosts(join(clone.root, 'hosts'), ['api.stackexchange.com'], (request, response) => {
      void answer(request, response);
    });
    taps = wrappedTaps(join(clone.root, 'taps'), dirname(python), hosts, ['tap-stackexchange']);
    await writeFile(
      join(clone.root, 'test/project/waterclock.config.ts'),
      `import { bookmarkedPipelines } from '../support/connector-pipelines.js';\nexport default { pipelines: bookmarkedPipelines() };\n`,
    );
    programs = { ...hosts.environment, PATH: [taps, process.env['PATH']].join(':'), QUESTIONS_KEY: key };
    service = await world({ WATERCLOCK_HEARTBEAT_TIMEOUT_SECONDS: '3' }, clone.root);
    await service.startWorker({ WATERCLOCK_ROLES: 'workflows,warehouse,transform' });
    worker = await startIngest();
  }, 600_000);
  afterAll(async () => {
    await service?.close();
    hosts?.close();
    clone?.remove();
  });

  const startIngest = () => service.startWorker({ ...programs, WATERCLOCK_ROLES: 'ingest' });
  const begin = (hour: number, ...more: string[]) =>
    service.begin('run', 'asked', '--interval', `2022-11-24T${hour}:00Z`, '--dbt', 'skip', '--wait', ...more).ended;
  const table = () => service.query('select question_id, last_activity_date, title from asked.questions order by 1');
  const counts = () =>
    service.query(
      'select count(*) as n, count(distinct question_id) as ids, max(question_id) as last from asked.questions',
    );

  /** starts a run, kills something once a bookmark is in the lake and the tap reads on, and waits for the run's end */
  async function killedInMidRead(hour: number, kill: () => Promise<void>): Promise<number[]> {
    questions += perInterval;
    const before = asked.length;
    const running = begin(hour);
    // a page behind the first bookmark, and one more so that its object is in the lake
    const isOver = { now: false };
    void running.finally(() => (isOver.now = true));
    await eventually(() => isOver.now || asked.length - before >= 10_000 / perPage + 2);
    expect(isOver.now, JSON.stringify(isOver.now && (await running))).toBe(false);
    const until = asked.length;
    await kill();
    const said = await running;
    expect(said, JSON.stringify(said)).toMatchObject({ code: 0, json: { status: 'completed' } });
    return asked
      .slice(until)
      .filter(({ page }) => page === 1)
      .map(({ from }) => from);
  }

  test(`whose process is killed goes on from its bookmark, and no question is lost or twice (skipped without ${openssl})`, async () => {
    const [resumed = 0] = await killedInMidRead(10, async () => {
      const pids = readFileSync(join(taps, 'tap-stackexchange.pids'), 'utf8').trim().split('\n');
      process.kill(Number(pids.at(-1)), 'SIGKILL');
    });
    // not from the beginning, and not behind what was read
    expect(resumed).toBeGreaterThan(9_000);
    expect(resumed).toBeLessThan(perInterval);
    expect(await counts()).toEqual([{ n: perInterval, ids: perInterval, last: perInterval }]);
  });

  test(`whose worker is killed goes on likewise, behind the interval before (skipped without ${openssl})`, async () => {
    const [resumed = 0] = await killedInMidRead(11, async () => {
      worker.kill('SIGKILL');
      worker = await startIngest();
    });
    expect(resumed).toBeGreaterThan(perInterval + 9_000);
    expect(await counts()).toEqual([{ n: 2 * perInterval, ids: 2 * perInterval, last: 2 * perInterval }]);
  });

  test(`gives the same table when its interval runs again (skipped without ${openssl})`, async () => {
    const before = await table();
    const from = asked.length;
    const again = await begin(11, '--force');
    expect(again, JSON.stringify(again)).toMatchObject({ code: 0, json: { status: 'completed' } });
    // from where the interval before had come to
    expect(asked[from]?.from).toBe(perInterval);
    expect(await table()).toEqual(before);
  });
});

/** questions by when something last happened to them, from a date on */
async function answer({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(url, 'https://imitated');
  const isKnown = pathname === '/2.3/questions' && searchParams.get('key') === key;
  const page = Number(searchParams.get('page') ?? 1);
  const from = Number(searchParams.get('fromdate') ?? 0);
  response.setHeader('content-type', 'application/json');
  if (!isKnown || searchParams.get('tagged') !== 'temporal')
    return void response.writeHead(400).end(JSON.stringify({ error_id: 405, error_message: 'wrong key or address' }));
  asked.push({ from, page });
  // long enough to be killed in the middle
  await sleep(300);
  const first = Math.max(1, from) + (page - 1) * perPage;
  const count = Math.max(0, Math.min(perPage, questions - first + 1));
  const items = Array.from({ length: count }, (_, at) => ({
    question_id: first + at,
    last_activity_date: first + at,
    title: `question ${first + at}`,
    tags: ['temporal'],
  }));
  response.end(JSON.stringify({ items, has_more: first + count <= questions }));
}
