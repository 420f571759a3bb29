import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { withFailures } from '../../../activities/failures.js';
import type { Activities } from '../../../activities/types.js';
import { TerminalError, TransientError } from '../../../model/errors.js';
import { quietLogger } from '../../support/quiet.js';

const minute = 60_000;

/** how an attempt ends that began, and waited for a worker, so long ago */
async function failing(error: Error, { giveUpAt, waited = 0 }: { giveUpAt?: number; waited?: number }) {
  const { extract } = withFailures({ extract: () => Promise.reject(error) } as unknown as Activities);
  const environment = new MockActivityEnvironment(
    { attempt: 3, currentAttemptScheduledTimestampMs: Date.now() - waited },
    { logger: quietLogger },
  );
  const input = { run: {}, plan: {}, ...(giveUpAt !== undefined && { giveUpAt }) };
  return environment.run(extract as (input: unknown) => Promise<unknown>, input).catch((failure: unknown) => failure);
}

test('a failure within the budget is left to the server, which tries again', async () => {
  const reset = new Error('connection reset');
  expect(await failing(reset, {})).toBe(reset);
  expect(await failing(reset, { giveUpAt: Date.now() + minute })).toBe(reset);
  const busy = new TransientError('429', { retryAfter: 5_000 });
  expect(await failing(busy, { giveUpAt: Date.now() + minute })).toMatchObject({
    nonRetryable: false,
    nextRetryDelay: 5_000,
  });
});

test('a failure after the budget ends the call, with its own type and message', async () => {
  const failure = await failing(new TransientError('the source answered 503'), { giveUpAt: Date.now() - 1 });
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({
    type: 'TransientError',
    message: 'the source answered 503',
    nonRetryable: true,
    details: [{ givenUp: { attempts: 3, waited: 0 } }],
  });
});

test('an attempt that waited long for a worker ends the call: the workflow gives the wait back', async () => {
  const failure = await failing(new Error('reset'), { giveUpAt: Date.now() + minute, waited: 5 * minute });
  const { details } = failure as ApplicationFailure;
  const [{ givenUp }] = details as [{ givenUp: { attempts: number; waited: number } }];
  expect(givenUp.waited).toBeGreaterThanOrEqual(5 * minute);
  expect(givenUp.waited).toBeLessThan(6 * minute);
});

test('a terminal error keeps its details', async () => {
  const refused = new TerminalError('TooManyRejected', '5 of 5', { details: { counts: { records: 5 } } });
  expect(await failing(refused, { giveUpAt: Date.now() - 1 })).toMatchObject({
    type: 'TooManyRejected',
    nonRetryable: true,
    details: [{ counts: { records: 5 } }],
  });
});
