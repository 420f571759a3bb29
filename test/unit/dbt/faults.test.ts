import { expect, test } from 'vitest';
import { assertConnected, faultOf } from '../../../dbt/faults.js';

test.each([
  'connection to server at "127.0.0.1", port 1 failed: Connection refused',
  'connection to server at "h", port 5432 failed: FATAL:  the database system is starting up',
  'server closed the connection unexpectedly',
  'terminating connection due to administrator command',
  'could not translate host name "warehouse" to address: Name or service not known',
  'FATAL:  sorry, too many clients already',
  "('communication error', BrokenPipeError(32, 'Broken pipe'))",
  '1023 Serializable isolation violation on table',
  'deadlock detected',
  'could not open relation with OID 16971',
  'cache lookup failed for relation 16971',
  'tuple concurrently updated',
  'duplicate key value violates unique constraint "pg_namespace_nspname_index"',
  'schema "marts" already exists',
])('%s is worth another try', (message) => {
  expect(faultOf(1, [`Encountered an error:\nDatabase Error\n  ${message}`], '')).toMatchObject({
    name: 'TransientError',
  });
});

test.each([
  'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "nope" does not exist',
  'connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "x"',
  "'foo' is not a valid method name",
  'Compilation Error model.x depends on a node named y which was not found',
  'column "connections" does not exist',
  'invalid input syntax for type integer: "connection lost"',
])('%s is terminal', (message) => {
  expect(faultOf(2, [`Encountered an error:\n${message}`], '')).toMatchObject({
    name: 'DbtFailed',
    message: expect.stringContaining(`dbt could not build: ${message.replaceAll(/\s+/g, ' ')}`) as string,
  });
});

test('dbt killed from outside says nothing about its models', () => {
  expect(faultOf(null, [], '')).toMatchObject({ name: 'TransientError' });
});

test('a node that lost its connection makes the whole build be tried again', () => {
  const ok = { unique_id: 'model.wc.a', status: 'success' };
  const lost = { unique_id: 'model.wc.b', status: 'error', message: 'SSL SYSCALL error: EOF detected' };
  expect(() => assertConnected([ok, lost])).toThrow('dbt lost the warehouse at model.wc.b: SSL SYSCALL error');
  expect(() => assertConnected([ok, { ...lost, message: 'syntax error' }])).not.toThrow();
});
