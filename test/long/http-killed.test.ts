import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneProgram, type Clone } from '../support/clone.js';
import { hostileApi, hostilePages, type HostileApi } from '../support/hostile-api.js';
import { histories, ledger, objects } from '../support/places.js';
import { world, type World } from '../support/world.js';

const planted = 'planted-client-word/+&=77';

let clone: Clone;
let api: HostileApi;
let service: World;
let log = '';

beforeAll(async () => {
  clone = cloneProgram();
  api = await hostileApi(planted);
  await writeFile(
    join(clone.root, 'test/project/waterclock.config.ts'),
    `import { pagedPipelines } from '../support/paged-pipelines.js';\nexport default { pipelines: pagedPipelines('${api.url}') };\n`,
  );
  service = await world({ SHOP_CLIENT_WORD: planted }, clone.root);
  await service.startWorker({ WATERCLOCK_ROLES: 'workflows,warehouse,transform' });
}, 180_000);
afterAll(async () => {
  await service?.close();
  api?.close();
  clone?.remove();
});

async function startIngest(): Promise<ChildProcess> {
  const worker = await service.startWorker({ WATERCLOCK_ROLES: 'ingest' });
  worker.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return worker;
}

test(
  '10,000 records over 200 pages of a hostile API, the worker killed at every tenth page: each row once',
  { timeout: 900_000 },
  async () => {
    let worker = await startIngest();
    const kills = new Set<number>();
    const starts: Promise<void>[] = [];
    const kill = () => {
      worker.kill('SIGKILL');
      starts.push(startIngest().then((next) => void (worker = next)));
    };
    // before the answer, as it ends, and some moments after it
    api.onPage = (page, when) => {
      const turn = Math.floor(page / 10) % 3;
      if (page % 10 !== 9 || kills.has(page) || (turn === 0) !== (when === 'before')) return;
      kills.add(page);
      if (turn === 2) setTimeout(kill, page % 7);
      else kill();
    };
    const begun = Date.now();
    const run = ['run', 'shop', '--interval', '2022-11-24T10:00Z', '--dbt', 'skip', '--wait'];
    const said = await service.waterclock(...run);
    await Promise.all(starts);
    expect(said).toMatchObject({ code: 0, json: { status: 'completed' } });

    expect(kills.size).toBe(20);
    const [rows] = await service.query(
      'select count(*) as n, count(distinct id) as ids, sum(id) as sum from shop.orders',
    );
    expect(rows).toEqual({ n: 10_000, ids: 10_000, sum: (9_999 * 10_000) / 2 });
    // a page that was given whole is asked for again only where the worker died over it
    const again = [...api.given].filter(([, times]) => times > 1);
    expect(api.given.size).toBe(hostilePages);
    for (const [, times] of again) expect(times).toBe(2);
    expect(again.length).toBeLessThanOrEqual(kills.size);
    const count = (status: string) => api.asked.filter((one) => one.status === status).length;
    expect(count('refused')).toBeGreaterThan(5);
    process.stderr.write(
      `${kills.size} kills, ${count('whole')} whole answers, ${count('fault')} faults, ${count('refused')} refused, ${api.tokens.length} tokens, ${Math.round((Date.now() - begun) / 1000)} s\n`,
    );
  },
);

test.each([
  [11, 'EndlessPages', 'leads back to an earlier page'],
  [12, 'EndlessPages', 'has the records of page 3 again'],
  [13, 'UntrustedAddress', 'another host than'],
])('pages without a good end, of the hour %i, end the run with %s, and nothing is loaded', async (hour, name, why) => {
  api.onPage = () => undefined;
  const [before] = await service.query('select count(*) as n from shop.orders');
  const said = await service.waterclock(
    'run',
    'shop',
    '--interval',
    `2022-11-24T${hour}:00Z`,
    '--dbt',
    'skip',
    '--wait',
  );
  expect(said).toMatchObject({ code: 1, json: { status: 'failed' } });
  expect(JSON.stringify(said.json)).toContain(name);
  expect(JSON.stringify(said.json)).toContain(why);
  expect(await service.query('select count(*) as n from shop.orders')).toEqual([before]);
});

test('the secret and the tokens are in no log, history, object, ledger or answer of the command', async () => {
  const shown = JSON.stringify(await service.waterclock('show', 'shop-2022-11-24T11:00:00Z'));
  const places: Record<string, string> = {
    log,
    shown,
    ...(await histories(service)),
    ...(await objects(service)),
    ledger: JSON.stringify(await ledger(service)),
  };
  expect(Object.keys(places).length).toBeGreaterThan(hostilePages);
  const words = [planted, encodeURIComponent(planted), ...api.tokens];
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    words.flatMap((word) => (text.includes(word) ? [`${word} in ${place}`] : [])),
  );
  expect(leaks).toEqual([]);
});
