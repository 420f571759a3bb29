import { expect, test } from 'vitest';
import { readSettings } from '../../../model/settings.js';

const required = {
  WATERCLOCK_LAKE_BUCKET: 'lake',
  WATERCLOCK_REDSHIFT_DATABASE: 'warehouse',
  WATERCLOCK_REDSHIFT_WORKGROUP: 'local',
  WATERCLOCK_COPY_ROLE_ARN: 'arn:aws:iam::123456789012:role/copy',
};

test.each([
  { given: undefined, roles: ['workflows', 'ingest', 'warehouse', 'transform'] },
  { given: 'ingest', roles: ['ingest'] },
  { given: ' transform, workflows', roles: ['workflows', 'transform'] },
])('WATERCLOCK_ROLES=$given is $roles', ({ given, roles }) => {
  expect(readSettings({ ...required, WATERCLOCK_ROLES: given }).worker.roles).toEqual(roles);
});

test.each([
  {
    name: 'WATERCLOCK_ROLES',
    given: 'ingest,loader',
    says: 'must be of workflows, ingest, warehouse, transform, got loader',
  },
  { name: 'WATERCLOCK_WAREHOUSE_SLOTS', given: '1.5', says: 'must be a whole number above 0, got 1.5' },
  { name: 'WATERCLOCK_TRANSFORM_SLOTS', given: '0', says: 'must be a whole number above 0, got 0' },
  { name: 'WATERCLOCK_DBT_THREADS', given: '0', says: 'must be a whole number above 0, got 0' },
  { name: 'WATERCLOCK_DBT_BUILDS', given: 'two', says: 'must be a whole number above 0, got two' },
  { name: 'WATERCLOCK_INGEST_MEMORY', given: '80', says: 'must be a share above 0 and up to 1, got 80' },
  { name: 'WATERCLOCK_GRACE_SECONDS', given: 'long', says: 'must be a number of seconds above 0, got long' },
  { name: 'WATERCLOCK_METRICS_ADDRESS', given: '9464', says: 'must be host:port, got 9464' },
])('$name=$given is refused', ({ name, given, says }) => {
  expect(() => readSettings({ ...required, [name]: given })).toThrow(`${name} ${says}`);
});

test('slots and grace have defaults, and are taken from the environment', () => {
  const ingest = { most: 100, memory: 0.8, cpu: 0.9 };
  expect(readSettings(required).worker).toMatchObject({
    grace: 100_000,
    slots: { ingest, warehouse: 8, transform: 2 },
  });
  const given = { WATERCLOCK_INGEST_SLOTS: '20', WATERCLOCK_INGEST_CPU: '1', WATERCLOCK_WAREHOUSE_SLOTS: '2' };
  expect(readSettings({ ...required, ...given }).worker.slots).toEqual({
    ingest: { most: 20, memory: 0.8, cpu: 1 },
    warehouse: 2,
    transform: 2,
  });
});

test('dbt builds twice at once and with four threads, unless the environment says otherwise', () => {
  expect(readSettings(required).dbt).toMatchObject({ threads: 4, sideBySide: 2 });
  const given = { WATERCLOCK_DBT_THREADS: '8', WATERCLOCK_DBT_BUILDS: '1' };
  expect(readSettings({ ...required, ...given }).dbt).toMatchObject({ threads: 8, sideBySide: 1 });
});
