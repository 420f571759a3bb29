import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { Context } from '../../../control/context.js';
import { dbtCheck } from '../../../control/doctor/dbt-check.js';
import type { Settings } from '../../../model/settings.js';
import { examine } from '../../../control/doctor/finding.js';
import { serviceChecks } from '../../../control/doctor/service-checks.js';

type Row = Record<string, unknown>;

interface Given {
  redshift?: Row;
  /** answers of the warehouse, by a word of what is asked */
  answers?: Record<string, Row[]>;
  variables?: Record<string, string>;
  source?: Row;
}

/** one finding of a doctor whose deployment is as given */
async function finding(check: string, { redshift = {}, answers = {}, variables = {}, source = {} }: Given) {
  const folder = mkdtempSync(`${tmpdir()}/wc-doctor-`);
  const query = async (sql: string) => Object.entries(answers).find(([word]) => sql.includes(word))?.[1] ?? [];
  const context = {
    settings: () => ({ redshift, taskQueue: 'waterclock', rawBuckets: {}, lakeBucket: 'lake' }),
    pipelines: async () => [{ name: 'orders', source, entities: [] }],
    dbt: async () => ({ command: 'dbt', projectDir: '/none', target: 'local' }),
    warehouse: async () => ({ query }),
    variables: () => variables,
    projectPlace: () => ({ folder }),
  } as unknown as Context;
  const checks = await serviceChecks(context);
  const made = Object.fromEntries(Object.entries(checks).filter(([name]) => name === check));
  const [found] = await examine(made);
  rmSync(folder, { recursive: true });
  return found;
}

const spectrum = (owner: string, self = 'IAMR:operator') => ({ svv_external_schemas: [{ owner, self }] });

test('the external schema belongs to the user that loads', async () => {
  const redshift = { catalog: 'waterclock', loader: 'IAMR:loader' };
  expect(await finding('external schema', { redshift, answers: spectrum('IAMR:loader') })).toMatchObject({ ok: true });
});

test.each([
  ['another user than the loader', { loader: 'IAMR:loader' }, spectrum('awsuser'), /^`waterclock setup`, as/],
  ['nobody, since it is not there', { loader: 'IAMR:loader' }, {}, /^`waterclock setup` makes it/],
  ['the administrator, and no loader is named', {}, spectrum('awsuser'), /^set WATERCLOCK_REDSHIFT_LOADER to/],
])('an external schema of %s is a finding with its remedy', async (_, more, answers, remedy) => {
  const found = await finding('external schema', { redshift: { catalog: 'waterclock', ...more }, answers });
  expect(found).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) as unknown });
});

test('one user for everything may own it', async () => {
  const answers = spectrum('awsuser', 'awsuser');
  expect(await finding('external schema', { redshift: { catalog: 'waterclock' }, answers })).toMatchObject({
    ok: true,
  });
});

test('without external tables nobody asks for their schema', async () => {
  expect(await finding('external schema', { redshift: {} })).toBeUndefined();
});

test('a database role that is not there is a finding', async () => {
  const answers = { svv_roles: [{ name: 'loader' }, { name: 'analyst' }] };
  expect(await finding('roles', { answers })).toMatchObject({ ok: false, found: 'missing: transformer' });
  const all = { svv_roles: [...answers.svv_roles, { name: 'transformer' }] };
  expect(await finding('roles', { answers: all })).toMatchObject({ ok: true });
});

test('a target of dbt that the profiles of the project lack is a finding with those they have', async () => {
  const check = dbtCheck({ command: 'dbt', projectDir: 'examples/dbt', target: 'production' } as Settings['dbt']);
  expect(await check()).toEqual({
    ok: false,
    found: 'profiles.yml of examples/dbt has no target production',
    remedy: 'set WATERCLOCK_DBT_TARGET to one of local, dev, prod, or add production to profiles.yml',
  });
});

test('a secret that has no value anywhere is a finding that names its pipeline', async () => {
  const source = { auth: { kind: 'bearer', token: { secret: 'SHOP_TOKEN' } } };
  expect(await finding('secrets', { source })).toMatchObject({ ok: false, found: 'missing: SHOP_TOKEN of orders' });
  expect(await finding('secrets', { source, variables: { SHOP_TOKEN: 'x-1' } })).toMatchObject({
    ok: true,
    found: 'SHOP_TOKEN',
  });
});
