import { ActivityFailure, ApplicationFailure, TimeoutFailure, type TimeoutType } from '@temporalio/common';
import { expect, test } from 'vitest';
import { remedyFor } from '../../../model/errors.js';
import { failureOf } from '../../../workflows/failure.js';

const limits = { startToCloseTimeout: 300_000, heartbeatTimeout: 10_000 };

/** as the server has it: the failure before is the cause */
function timedOut(type: TimeoutType, before?: Error) {
  const failure = new TimeoutFailure(undefined, undefined, type);
  Object.assign(failure, { cause: before });
  return new ActivityFailure('Activity task timed out', 'extract', '1', 'TIMEOUT', undefined, failure);
}

test('a timeout says what took how long, what failed before, and what to do', () => {
  const before = ApplicationFailure.create({ message: 'the source answered 503', type: 'TransientError' });
  const long = failureOf('extract', timedOut('START_TO_CLOSE', before), undefined, limits);
  expect(long).toEqual({
    step: 'extract',
    type: 'TookTooLong',
    message: 'the last attempt took longer than 5 minutes; the failure before: the source answered 503',
  });
  const lost = failureOf('copy', timedOut('HEARTBEAT'), 'trips', limits);
  expect(lost).toEqual({
    step: 'copy',
    entity: 'trips',
    type: 'WorkerLost',
    message: 'its worker gave no sign for 10 seconds in the last attempt',
  });
  const untaken = failureOf('extract', timedOut('SCHEDULE_TO_START'));
  for (const { type } of [long, lost, untaken]) expect(remedyFor(type)).toBeTruthy();
});

test.each([
  ['an error without a message', new Error('')],
  ['a failure without type and message', ApplicationFailure.create({})],
  ['a text', ''],
])('%s has type and message', (_, error) => {
  const { type, message } = failureOf('extract', error);
  expect(type).not.toBe('');
  expect(message).not.toBe('');
});
