import { expect, test } from 'vitest';
import { z } from 'zod';
import { pipelines } from '../../support/pipelines.js';
import type { LoadContext } from '../../../warehouse/load-context.js';
import { latestStatements, loadStatements, stageStatements } from '../../../warehouse/load-sql.js';
import { createTarget } from '../../../warehouse/ddl.js';
import { parentsPlan } from '../../../columns/parents.js';
import { defineEntity } from '../../../define/entity.js';

function context(pipeline: string, entity: string): LoadContext {
  const plan = pipelines.find(({ name }) => name === pipeline)?.entities.find(({ plan }) => plan.name === entity)?.plan;
  if (!plan) throw new Error(entity);
  return {
    run: {
      pipeline,
      interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
      workflowId: `${pipeline}-2022-11-24T11:00:00Z`,
      runId: "run'1",
      trigger: 'manual',
    },
    entity: plan,
    tables: { staged: 'stage_1', latest: 'stage_1_latest', counts: 'stage_1_counts' },
    startedAt: '2022-11-24T11:05:00.000Z',
    valid: 2,
    rejected: 1,
    staged: 2,
    keys: pipeline === 'minibuses' ? 1 : 2,
  };
}

test('a merge, as SQL', () => {
  const load = context('minibuses', 'duties');
  const sql = [
    ...createTarget('minibuses', load.entity),
    ...stageStatements(load, 's3://lake/x/_manifest.json', 'arn:aws:iam::1:role/copy'),
    ...latestStatements(load),
    ...loadStatements(load),
  ];
  expect(sql.join(';\n')).toMatchSnapshot();
});

test('a replace, as SQL', () => {
  const load = context('catalog', 'products');
  expect([...stageStatements(load, undefined, 'arn'), ...loadStatements(load)].join(';\n')).toMatchSnapshot();
});

test('a merge whose rows replace those of their record, as SQL', () => {
  const { plan } = defineEntity({
    name: 'order_lines',
    mode: 'merge',
    key: ['order_id', 'line'],
    order: ['version'],
    rows: { each: 'lines', with: { order_id: 'id', version: 'version' }, index: 'line', replace: true },
    schema: z.object({ order_id: z.string(), version: z.int32(), line: z.int32() }),
  });
  const parents = parentsPlan(plan);
  if (!parents) throw new Error('no parents');
  const load = context('readings', 'readings');
  const tables = { staged: 'parents_1', latest: 'parents_1_latest', counts: 'parents_1_counts' };
  const sql = loadStatements({ ...load, entity: plan, parents: { ...load, entity: parents, tables } });
  expect(sql.join(';\n')).toMatchSnapshot();
  // every statement of the one transaction, of the forty that the Data API takes
  expect(sql.length).toBeLessThan(40);
});

test('the lock is the first statement, the ledger row stands in the same transaction, values are quoted', () => {
  const statements = loadStatements(context('readings', 'readings'));
  expect(statements[0]).toBe('LOCK "stage"."lock_readings_readings"');
  expect(statements.filter((sql) => sql.includes('monitor_db.handler_executions'))).toHaveLength(1);
  expect(statements.join('\n')).toContain("'run''1'");
});

test('with a lookback all that a merge compares keys with is the intervals within it', () => {
  const load = context('readings', 'readings');
  const bound =
    /"readings"\."readings"\._interval_start BETWEEN CAST\('2022-11-23 10:00:00' AS TIMESTAMP\) AND CAST\('2022-11-25 10:00:00' AS TIMESTAMP\)/;
  const statements = loadStatements({ ...load, entity: { ...load.entity, lookback: 24 * 3_600_000 } });
  const compared = statements.filter((sql) => /_row_id = /.test(sql));
  expect(compared.length).toBeGreaterThan(2);
  for (const sql of compared) expect(sql).toMatch(bound);
});
