import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DbtResult } from '../../model/dbt.js';
import { world, type World } from '../support/world.js';

/** seconds that the slow model takes */
const slowness = 25;

const files: Record<string, string> = {
  'dbt_project.yml': `name: two
version: '1.0'
profile: two
model-paths: [models]
models:
  two:
    +materialized: table
    +schema: "{{ env_var('TWO_SCHEMA') }}"
`,
  'profiles.yml': `two:
  target: local
  outputs:
    local:
      type: postgres
      host: "{{ env_var('PGHOST') }}"
      port: "{{ env_var('PGPORT') | as_number }}"
      user: "{{ env_var('PGUSER') }}"
      password: "{{ env_var('PGPASSWORD') }}"
      dbname: "{{ env_var('PGDATABASE') }}"
      schema: two
      threads: 1
`,
  'models/slow.sql': `{{ config(tags=['slow']) }}\nselect 1 as id, pg_sleep(${slowness})::text as slept`,
  'models/quick.sql': `{{ config(tags=['quick']) }}\nselect 2 as id`,
  'models/below_quick.sql': `{{ config(tags=['quick']) }}\nselect id + 1 as id from {{ ref('quick') }}`,
  'models/below_slow.sql': `{{ config(tags=['below']) }}\nselect id + 10 as id from {{ ref('slow') }}`,
};

const folder = mkdtempSync(join(tmpdir(), 'wc-two-'));
let deployment: World;
let warehouse: pg.Client;

beforeAll(async () => {
  mkdirSync(join(folder, 'models'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  deployment = await world({ WATERCLOCK_DBT_PROJECT_DIR: folder });
  const { PGHOST: host, PGPORT, PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = deployment.environment;
  warehouse = new pg.Client({ host, port: Number(PGPORT), user, password, database });
  await warehouse.connect();
});
afterAll(async () => {
  await warehouse?.end();
  await deployment?.close();
  rmSync(folder, { recursive: true });
});

/** ms from the start until each selection is built */
async function build(schema: string, sideBySide: string): Promise<Record<string, number>> {
  const worker = { WATERCLOCK_DBT_BUILDS: sideBySide, TWO_SCHEMA: schema };
  await deployment.startWorker(worker);
  const began = Date.now();
  const ask = async (select: string) => {
    const result = (await deployment.client.workflow.execute('dbtRequest', {
      workflowId: `request-${schema}-${select}`,
      taskQueue: deployment.environment['WATERCLOCK_TASK_QUEUE'] ?? '',
      args: [{ select, dbtTarget: 'local' }],
    })) as DbtResult;
    expect(result).toMatchObject({ status: 'success', failed: 0 });
    return [select, Date.now() - began] as const;
  };
  const slow = ask('tag:slow');
  await expect.poll(isSlowAtWork, { timeout: 60_000, interval: 500 }).toBe(true);
  // one that dbt itself resolves, and one that reads what is being built
  const took = Object.fromEntries(await Promise.all([slow, ask('quick+'), ask('tag:below')]));
  await deployment.stopWorkers();
  return took;
}

async function isSlowAtWork(): Promise<boolean> {
  const found = await warehouse.query(
    `select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like '%pg_sleep(${slowness})%'`,
  );
  return found.rows.length > 0;
}

async function rows(schema: string): Promise<unknown[]> {
  const found = [];
  for (const table of ['slow', 'quick', 'below_quick', 'below_slow']) {
    found.push((await warehouse.query(`select id from two_${schema}.${table}`)).rows);
  }
  return found;
}

test(
  'a quick selection is built while a slow one is, what reads the slow one after it, and the rows are the same as one after the other',
  { timeout: 240_000 },
  async () => {
    const together = await build('together', '2');
    const inTurn = await build('in_turn', '1');
    console.log(`ms until built, side by side: ${JSON.stringify(together)}; in turn: ${JSON.stringify(inTurn)}`);
    expect(together['quick+']).toBeLessThan(together['tag:slow'] ?? 0);
    expect(together['tag:below']).toBeGreaterThan(together['tag:slow'] ?? Infinity);
    expect(inTurn['quick+']).toBeGreaterThan(inTurn['tag:slow'] ?? Infinity);
    expect(await rows('together')).toEqual([[{ id: 1 }], [{ id: 2 }], [{ id: 3 }], [{ id: 11 }]]);
    expect(await rows('in_turn')).toEqual(await rows('together'));
  },
);
