import { describe, expect, test } from 'vitest';
import { requestFailure, statementFailure } from '../../../warehouse/failure.js';

const named = (name: string, fault: string, message = '') =>
  Object.assign(new Error(message), { name, $fault: fault, $metadata: {} });

describe('a request that failed', () => {
  test.each([
    ['throttling', named('ThrottlingException', 'client', 'Rate exceeded')],
    ['too many statements', named('ActiveStatementsExceededException', 'client')],
    ['a pause', named('ValidationException', 'client', 'Redshift cluster c is paused')],
    ['a resume', named('ValidationException', 'client', 'the workgroup is resuming')],
    ['the service', named('InternalServerException', 'server')],
    ['the connection of the service', named('DatabaseConnectionException', 'server')],
    ['a socket', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['a request that took too long', named('TimeoutError', 'client')],
    ['a token that ran out', named('ExpiredTokenException', 'client')],
  ])('by %s is tried again', (_, error) => {
    expect(requestFailure(error)).toMatchObject({ name: 'TransientError', cause: error });
  });

  test.each([
    [
      'a permission',
      named('AccessDeniedException', 'client', 'not authorized to perform redshift-data:ExecuteStatement'),
    ],
    ['a request that is wrong', named('ValidationException', 'client', 'Database name is required')],
  ])('by %s is not', (_, error) => {
    expect(requestFailure(error)).toMatchObject({ name: 'WarehouseRejected' });
  });
});

describe('a statement that failed', () => {
  test.each([
    'ERROR: 1023 DETAIL: Serializable isolation violation on table - 108342',
    'Query #7 failed with ERROR: 1023 DETAIL: Serializable isolation violation',
    'ERROR: could not serialize access due to concurrent update',
    'ERROR: deadlock detected',
    'ERROR: connection lost',
    'FATAL: terminating connection due to administrator command',
    'ERROR: relation "lock_a_b" already exists',
    'ERROR: could not open relation with OID 16971',
    'ERROR: cache lookup failed for relation 16971',
  ])('%s: is tried again', (reason) => {
    expect(statementFailure({ Id: '1', Status: 'FAILED', Error: reason })).toMatchObject({ name: 'TransientError' });
  });

  test.each([
    'ERROR: syntax error at or near "selec"',
    'ERROR: permission denied for relation launches',
    'ERROR: column "connection_id" does not exist',
    'ERROR: relation "throttle" does not exist',
    'ERROR: value too long for type character varying(8)',
  ])('%s: is not', (reason) => {
    expect(statementFailure({ Id: '1', Status: 'FAILED', Error: reason })).toMatchObject({ name: 'WarehouseRejected' });
  });

  test('names the part of a batch at which it ended', () => {
    const parts = [
      { Id: '1:1', Status: 'FINISHED' as const, QueryString: 'LOCK x' },
      { Id: '1:2', Status: 'FAILED' as const, QueryString: 'MERGE  INTO\n y' },
    ];
    const error = statementFailure({ Id: '1', Status: 'FAILED', Error: 'ERROR: no', SubStatements: parts });
    expect(error.message).toBe('the warehouse answered FAILED: ERROR: no (statement 1: MERGE INTO y)');
  });

  test('one that somebody cancelled is tried again', () => {
    expect(statementFailure({ Id: '1', Status: 'ABORTED' })).toMatchObject({ name: 'TransientError' });
  });
});
