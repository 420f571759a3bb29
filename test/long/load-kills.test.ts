import { setTimeout as sleep } from 'node:timers/promises';
import { ListStatementsCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Faults } from '../../redshift-local/test/support/redshift-data.js';
import { world, type World } from '../support/world.js';

const maxKills = 8;
/** seconds that a statement is held at its boundary: longer than a worker takes to start */
const held = 20;

/** where each load is held, so that the worker dies there: statement and step */
const boundaries: { match: string; step: NonNullable<Faults[number]['step']> }[] = [
  { match: 'readings:2018-02-01T01:00:00Z:readings:stage:*', step: 1 },
  { match: 'readings:2018-02-01T02:00:00Z:readings:stage:*', step: 'commit' },
  { match: 'readings:2018-02-01T03:00:00Z:readings:stage:*', step: 'committed' },
  { match: 'readings:2018-02-01T04:00:00Z:readings:load:*', step: 1 },
  { match: 'minibuses:*:positions:load:*', step: 4 },
  { match: 'minibuses:*:duties:load:*', step: 'commit' },
  { match: 'catalog:*:products:load:*', step: 'committed' },
  { match: 'catalog:*:product_parts:load:*', step: 3 },
];

let service: World;
let data: RedshiftDataClient;
let postgres: pg.Client;
let faultsUrl: string;

beforeAll(async () => {
  service = await world();
  const { ports, credentials } = inject('stack');
  const url = `http://127.0.0.1:${ports['redshift-data']}`;
  const { accessKeyId, secretAccessKey } = credentials;
  data = new RedshiftDataClient({
    endpoint: url,
    region: service.environment['AWS_REGION'] ?? '',
    credentials: { accessKeyId, secretAccessKey },
  });
  postgres = new pg.Client({
    host: '127.0.0.1',
    port: ports.postgres,
    user: 'waterclock',
    password: credentials.postgresPassword,
    database: 'postgres',
  });
  await postgres.connect();
  faultsUrl = `${url}/faults`;
  const asked = boundaries.map((one) => ({ ...one, fault: 'slow', seconds: held }));
  const answer = await fetch(faultsUrl, { method: 'PUT', body: JSON.stringify(asked) });
  if (!answer.ok) throw new Error(await answer.text());
}, 60_000);
afterAll(async () => {
  await fetch(faultsUrl, { method: 'DELETE' });
  data?.destroy();
  await postgres?.end();
  await service?.close();
});

/** names of the statements that a fault holds now */
async function asleep(): Promise<string[]> {
  const { rows } = await postgres.query<{ id: string }>(
    `select substring(application_name from 'statement (.*)') as id from pg_stat_activity where query = 'select pg_sleep($1)' and datname = $1`,
    [service.environment['WATERCLOCK_REDSHIFT_DATABASE']],
  );
  if (rows.length === 0) return [];
  const { Statements = [] } = await data.send(new ListStatementsCommand({ Status: 'STARTED' }));
  return rows.flatMap(({ id }) => Statements.find(({ Id }) => Id === id)?.StatementName ?? []);
}

function heldAt(open: Set<(typeof boundaries)[number]>, names: string[]) {
  return [...open].filter(({ match }) => {
    const [from = '', to = ''] = match.replace(/\*$/, '').split('*');
    return names.some((name) => name.startsWith(from) && name.includes(to));
  });
}

const tables = {
  'readings.readings': 'id, updated',
  'minibuses.positions': '_row_id, event_at',
  'minibuses.duties': '_row_id, event_at',
  'catalog.products': '_row_id, released_at',
  'catalog.product_parts': '_row_id, position',
};
const contents = () =>
  Promise.all(
    Object.entries(tables).map(([table, columns]) =>
      service.query(`select ${columns}, _interval_start from ${table} order by 1, 2, 3`),
    ),
  );

const unbuilt = ['--dbt', 'skip', '--wait'];
const range = ['--from', '2018-02-01T00:00Z', '--to', '2018-02-01T04:00Z'];
const backfill = ['backfill', 'create', 'readings', ...range, ...unbuilt];
const hour = ['run', 'minibuses', '--interval', '2022-11-24T10:00Z', ...unbuilt];

test(
  'workers killed at every step of a load: the rows of an undisturbed one, and one ledger row a run',
  { timeout: 300_000 },
  async () => {
    let worker = await service.startWorker();
    const work = Promise.all([
      service.waterclock(...backfill),
      service.waterclock(...hour),
      service.waterclock('run', 'catalog', '--dbt', 'skip', '--wait'),
    ]);
    const state = { isOver: false };
    void work.finally(() => (state.isOver = true));

    const open = new Set(boundaries);
    for (let kills = 0; kills < maxKills && open.size > 0; kills++) {
      while (!state.isOver && heldAt(open, await asleep()).length === 0) await sleep(100);
      if (state.isOver) break;
      // others may be about to reach theirs
      await sleep(1_000);
      const held = heldAt(open, await asleep());
      worker.kill('SIGKILL');
      for (const one of held) open.delete(one);
      worker = await service.startWorker();
    }
    for (const { code, stderr } of await work) expect(code, stderr).toBe(0);
    expect([...open]).toEqual([]);

    const killed = await contents();
    const ledger =
      'select pipeline, entity, interval_start, status, count(*) as n from monitor_db.handler_executions group by 1, 2, 3, 4 order by 1, 2, 3';
    expect((await service.query(ledger)).map(({ status, n }) => [status, n])).toEqual(
      Array.from({ length: 8 }, () => ['loaded', 1]),
    );
    expect(
      await service.query(
        `select table_name from svv_tables where table_schema = 'stage' and table_name not like 'lock%'`,
      ),
    ).toEqual([]);

    const again = await service.waterclock(...backfill, '--reprocess', 'completed');
    expect(again.code).toBe(0);
    expect((await service.waterclock(...hour, '--force')).code).toBe(0);
    expect(await contents()).toEqual(killed);
    expect(killed.map((rows) => rows.length > 0)).toEqual([true, true, true, true, true]);
  },
);
