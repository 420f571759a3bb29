import { expect, test } from 'vitest';
import { grantStatements, loaderStatements } from '../../../warehouse/roles.js';

const granted = grantStatements({ database: 'warehouse', pipelines: ['orders'], external: ['spectrum'] });

test('rights reach all tables of a schema, by any maker, now or later', () => {
  expect(granted).toContain('GRANT SELECT FOR TABLES IN SCHEMA "orders" TO ROLE "transformer", ROLE "analyst"');
  expect(granted).toContain('GRANT SELECT, INSERT FOR TABLES IN SCHEMA "monitor_db" TO ROLE "loader"');
  expect(granted.filter((sql) => /DEFAULT PRIVILEGES|ALL TABLES/.test(sql))).toEqual([]);
});

test('nobody but who loads writes to a pipeline, nobody but who builds writes to a mart', () => {
  const writers = (schema: string) =>
    granted.filter((sql) => /^GRANT (ALL|.*CREATE)/.test(sql) && sql.includes(`SCHEMA "${schema}"`));
  expect(writers('orders').map((sql) => sql.split(' TO ')[1])).toEqual(['ROLE "loader"', 'ROLE "loader"']);
  expect(writers('marts').map((sql) => sql.split(' TO ')[1])).toEqual(['ROLE "transformer"', 'ROLE "transformer"']);
});

test('who loads is made before it signs in, holds its role once, and owns the external schema', () => {
  const empty = { roles: [], users: [], loaders: [] };
  expect(loaderStatements('IAMR:Loader', ['spectrum'], empty)).toEqual([
    'SET enable_case_sensitive_identifier TO true',
    'CREATE USER "IAMR:Loader" PASSWORD DISABLE',
    'GRANT ROLE "loader" TO "IAMR:Loader"',
    'ALTER SCHEMA "spectrum" OWNER TO "IAMR:Loader"',
  ]);
  const there = { roles: ['loader'], users: ['IAMR:Loader'], loaders: ['IAMR:Loader'] };
  expect(loaderStatements('IAMR:Loader', ['spectrum'], there)).toEqual([
    'SET enable_case_sensitive_identifier TO true',
    'ALTER SCHEMA "spectrum" OWNER TO "IAMR:Loader"',
  ]);
});
