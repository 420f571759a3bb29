import { ActivityFailure, ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { causeOf } from '../../../activities/cause-of.js';

const runFailed = (...types: string[]) =>
  ApplicationFailure.nonRetryable('it failed', 'RunFailed', { failedSteps: types.map(() => 'copy'), types });

test.each([
  [runFailed('SourceRefused'), 'SourceRefused'],
  // two entities: the warehouse is away, and one has wrong data
  [runFailed('CheckFailed', 'TransientError'), 'TransientError'],
  [runFailed('CheckFailed', 'CopyRejected'), 'CheckFailed'],
  [ApplicationFailure.nonRetryable('of an earlier version', 'RunFailed', { failedSteps: ['copy'] }), undefined],
  [ApplicationFailure.nonRetryable('no pipeline', 'UnknownPipeline'), 'UnknownPipeline'],
  [new CancelledFailure('a person'), 'Cancelled'],
  [new TerminatedFailure('a person'), 'Terminated'],
  [
    new ActivityFailure(
      'it failed',
      'plan',
      '1',
      'MAXIMUM_ATTEMPTS_REACHED',
      undefined,
      runFailed('InvalidDefinition'),
    ),
    'InvalidDefinition',
  ],
  ['text', undefined],
])('%s', (error, cause) => {
  expect(causeOf(error)).toBe(cause);
});
