import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseManifest } from '../../dbt/artifacts.js';
import { listNodes } from '../../dbt/commands.js';
import { dbtEvents } from '../../dbt/events.js';
import { taggedNodes, withTests } from '../../dbt/selection.js';
import { selectionKey, type DbtProgress } from '../../model/dbt.js';
import { pipelines } from '../support/pipelines.js';
import { dbtWarehouse, type DbtWarehouse } from '../support/dbt-warehouse.js';

const everything = pipelines.map(({ dbtSelect }) => dbtSelect ?? '');
// dbt takes seconds to start, and many on a busy machine
const buildTime = 240_000;

let dbt: DbtWarehouse;
beforeAll(async () => {
  dbt = await dbtWarehouse();
}, 60_000);
afterAll(() => dbt?.close());
beforeEach(() => dbt.empty());

test('one build for all selections; what it selects is what dbt lists', { timeout: buildTime }, async () => {
  const { total, bySelect } = await dbt.build(everything);
  expect(total).toMatchObject({ status: 'success', failed: 0, skipped: 0, failures: [] });
  expect(Object.keys(bySelect)).toEqual(everything);
  expect(Object.values(bySelect).reduce((sum, { ok }) => sum + ok, 0)).toBe(total.ok);
  expect([...dbt.uploads.keys()].sort()).toEqual([
    'artifacts/dbt/build-1/dbt.log',
    'artifacts/dbt/build-1/manifest.json',
    'artifacts/dbt/build-1/run_results.json',
  ]);
  const graph = parseManifest(dbt.uploads.get('artifacts/dbt/build-1/manifest.json') ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-test-'));
  const listed = await listNodes({ ...dbt.dependencies(), folder, events: dbtEvents() }, 'tag:catalog').finally(() =>
    rmSync(folder, { recursive: true }),
  );
  expect(withTests(graph, taggedNodes(graph, 'tag:catalog') ?? new Set())).toEqual(listed);
});

// on the wire dbt waits as it lists views, whose text PostgreSQL reads under a lock: before any node has begun
const onPostgres = () => ({ dbt: { ...dbt.dependencies().dbt, target: 'local-postgres' } });

describe('what goes wrong', { timeout: buildTime }, () => {
  test('a failed test fails the selection that owns it, by name and rows, and no other', async () => {
    await dbt.load('catalog', 'products', [
      { product_id: 'same', number: 1 },
      { product_id: 'same', number: 2 },
    ]);
    const partly = {
      select: 'tag:minibuses',
      loaded: ['minibuses.positions'],
      failed: ['minibuses.duties'],
    };
    const { bySelect, total } = await dbt.build(['tag:readings', 'tag:catalog', 'tag:nothing', partly]);
    expect(bySelect['tag:readings']).toMatchObject({ status: 'success', failures: [] });
    expect(bySelect['tag:catalog']?.failures).toContainEqual({
      name: 'unique_stg_products_product_id',
      message: '1 row fails: see s3://lake/artifacts/dbt/build-1/failing_rows.ndjson',
    });
    expect(JSON.parse(dbt.uploads.get('artifacts/dbt/build-1/failing_rows.ndjson') ?? '')).toEqual({
      test: 'unique_stg_products_product_id',
      row: { unique_field: 'same', n_records: 2 },
    });
    expect(bySelect['tag:catalog']?.failures).toContainEqual({
      name: 'parts_by_use',
      message: 'blocked by unique_stg_products_product_id',
    });
    expect(bySelect['tag:nothing']?.failures).toEqual([
      { name: 'tag:nothing', message: 'tag:nothing selects nothing in the dbt project' },
    ]);
    expect(total).toMatchObject({ status: 'failed', failed: 1 });

    // what stands on the table that failed is left out, with its tests
    expect(bySelect[selectionKey(partly)]).toMatchObject({ status: 'success', failures: [] });
    const { results } = JSON.parse(dbt.uploads.get('artifacts/dbt/build-1/run_results.json') ?? '') as {
      results: { unique_id: string }[];
    };
    const built = results.map(({ unique_id }) => unique_id).filter((id) => id.startsWith('model.'));
    expect(built).toContain('model.waterclock.fct_positions');
    expect(built).not.toContain('model.waterclock.stg_duties');
    expect(built).not.toContain('model.waterclock.positions_by_duty');
  });

  test('nothing to build is no failure', async () => {
    const nothing = { select: 'tag:catalog', loaded: [], failed: ['catalog.products', 'catalog.product_parts'] };
    const { bySelect } = await dbt.build([nothing]);
    expect(bySelect[selectionKey(nothing)]).toMatchObject({ status: 'success', ok: 0 });
  });

  test('a selection that dbt refuses is terminal', async () => {
    await expect(dbt.build(['foo:bar'])).rejects.toMatchObject({
      name: 'DbtFailed',
      message: "dbt could not build: Runtime Error 'foo' is not a valid method name",
    });
  });

  test('a warehouse that cannot be reached is tried again', async () => {
    const environment = { ...dbt.dependencies().environment, WATERCLOCK_REDSHIFT_PORT: '1' };
    await expect(dbt.build(['tag:catalog'], { environment })).rejects.toMatchObject({ name: 'TransientError' });
  });

  test('nodes that lost their connection are retried by dbt, the others stay as they were built', async () => {
    const blocker = new pg.Client(dbt.connection);
    await blocker.connect();
    const told: DbtProgress[] = [];
    try {
      await blocker.query('begin; lock table readings.readings in access exclusive mode');
      const building = dbt.build(['tag:readings'], {
        ...onPostgres(),
        heartbeat: (progress) => told.push(progress),
      });
      await expect.poll(() => sessions(`wait_event_type = 'Lock'`), { timeout: 120_000 }).not.toEqual([]);
      await blocker.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      await blocker.query('rollback');
      expect((await building).total).toMatchObject({ status: 'success', failed: 0, skipped: 0 });
      const stages = [...dbt.uploads.keys()].filter((key) => key.includes('run_results')).sort();
      expect(stages).toEqual(['artifacts/dbt/build-1/run_results.0.json', 'artifacts/dbt/build-1/run_results.json']);
      expect(told.some(({ failed }) => failed > 0)).toBe(true);
      expect(told.at(-1)).toMatchObject({ failed: 0, running: [] });
      expect(told.at(-1)?.done).toBe(told.at(-1)?.total);
    } finally {
      await blocker.end();
    }
  });

  test('a cancelled build interrupts dbt while a statement waits, and leaves no statement behind', async () => {
    const blocker = new pg.Client(dbt.connection);
    await blocker.connect();
    const cancel = new AbortController();
    try {
      await blocker.query('begin; lock table readings.readings in access exclusive mode');
      const building = dbt.build(['tag:readings'], { ...onPostgres(), signal: cancel.signal });
      const cancelled = expect(building).rejects.toThrow('cancelled');
      await expect.poll(() => sessions(`wait_event_type = 'Lock'`), { timeout: 120_000 }).not.toEqual([]);
      cancel.abort(new Error('cancelled'));
      await cancelled;
      expect(await sessions(`wait_event_type = 'Lock'`)).toEqual([]);
    } finally {
      await blocker.query('rollback');
      await blocker.end();
    }
  });
});

/** statements of others on this database */
async function sessions(condition: string): Promise<unknown[]> {
  const rows = await dbt.rows(
    `select query from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
  );
  return rows.map(({ query }) => query);
}
