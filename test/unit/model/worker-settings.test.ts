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
  { name: 'WATERCLOCK_METRICS_ADDRESS', given: '9464', says: 'must be host:port, got 9464' },
])('$name=$given is refused', ({ name, given, says }) => {
  expect(() => readSettings({ ...required, [name]: given })).toThrow(`${name} ${says}`);
});
