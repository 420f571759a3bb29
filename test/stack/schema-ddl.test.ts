import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createExternal, createTarget } from '../../warehouse/ddl.js';
import { defineEntity } from '../../define/entity.js';
import { carried } from '../unit/define/type-table.js';
import { world, type World } from '../support/world.js';

/** every type of the mapping, and a name that SQL reserves */
const { plan } = defineEntity({
  name: 'all_types',
  mode: 'append',
  unknownFields: 'keep',
  schema: z.object({
    ...Object.fromEntries(carried.map(({ schema }, at) => [`c${at}`, schema])),
    order: z.int().meta({ distKey: true, sortKey: 1 }),
  }),
});

let service: World;
beforeAll(async () => {
  service = await world();
}, 60_000);
afterAll(() => service?.close());

test('the warehouse takes the table of every type, again and again', { timeout: 120_000 }, async () => {
  const statements = createTarget('minibuses', plan);
  for (const statement of [...statements, ...statements]) await service.administer(statement);
  const columns = await service.query(
    `select column_name from svv_columns where table_schema = 'minibuses' and table_name = 'all_types'`,
  );
  expect(columns).toHaveLength(plan.columns.length + 4);
});

test('and the external table over their files', { timeout: 120_000 }, async () => {
  await service.administer(
    `CREATE EXTERNAL SCHEMA IF NOT EXISTS spectrum FROM DATA CATALOG DATABASE 'lake' IAM_ROLE '${service.environment['WATERCLOCK_COPY_ROLE_ARN']}' CREATE EXTERNAL DATABASE IF NOT EXISTS`,
  );
  await service.administer(
    createExternal('minibuses', plan, ['dt', 'hr'], service.environment['WATERCLOCK_LAKE_BUCKET'] ?? ''),
  );
  expect(await service.query('select count(*) as n from spectrum.minibuses_all_types')).toEqual([{ n: 0 }]);
});
