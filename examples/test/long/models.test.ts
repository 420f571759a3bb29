import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DbtWarehouse } from '../../../test/support/dbt-warehouse.js';
import { marts, pipelines } from '../support/marts.js';

interface Node {
  unique_id: string;
  name: string;
  schema: string;
  resource_type: string;
  description: string;
  columns: Record<string, { name: string; description: string }>;
  depends_on: { nodes: string[] };
  test_metadata?: { name: string };
}

let dbt: DbtWarehouse;
beforeAll(async () => {
  dbt = await marts();
}, 60_000);
afterAll(() => dbt?.close());

test(
  'every model and column is described, every key tested, as the warehouse has them',
  { timeout: 240_000 },
  async () => {
    const { total } = await dbt.build(pipelines.map(({ dbtSelect }) => dbtSelect ?? ''));
    expect(total).toMatchObject({ status: 'success', failed: 0, skipped: 0, failures: [] });
    const manifest = dbt.uploads.get('artifacts/dbt/build-1/manifest.json') ?? '';
    const nodes = Object.values((JSON.parse(manifest) as { nodes: Record<string, Node> }).nodes);
    const models = nodes.filter(({ resource_type }) => resource_type === 'model');
    expect(models.length).toBeGreaterThan(0);
    for (const { unique_id, name, schema, description, columns } of models) {
      expect(description, name).toBeTruthy();
      const found = await dbt.rows(
        `select attname as name from pg_attribute where attrelid = '${schema}.${name}'::regclass and attnum > 0 and not attisdropped order by 1`,
      );
      expect(Object.keys(columns).sort(), name).toEqual(found.map((column) => column['name']));
      for (const column of Object.values(columns)) expect(column.description, `${name}.${column.name}`).toBeTruthy();
      const tests = nodes
        .filter(({ resource_type, depends_on }) => resource_type === 'test' && depends_on.nodes.includes(unique_id))
        .map(({ test_metadata }) => test_metadata?.name);
      expect(tests, name).toEqual(expect.arrayContaining([expect.stringMatching(/^unique/), 'not_null']) as unknown);
    }
  },
);
