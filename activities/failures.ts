import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { TerminalError, TransientError } from '../model/errors.js';
import { lastOfItsCall } from './given-up.js';
import type { Activities } from './types.js';

/**
 * gives errors the shape that history keeps: their name as type, their details, a named retry time, no secret;
 * not retried if terminal, or if the budget of the step has ended
 */
export function withFailures(activities: Activities, redact: (text: string) => string = (text) => text): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      const began = Date.now();
      try {
        return await (activity as (input: never) => Promise<unknown>)(input);
      } catch (error) {
        throw retold(hidden(error, redact), input, began);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Activities;
}

/** in place, causes too: history keeps the whole chain with its stacks */
function hidden(error: unknown, redact: (text: string) => string, depth = 0): unknown {
  if (!(error instanceof Error) || depth > 8) return error;
  error.message = redact(error.message);
  if (error.stack) error.stack = redact(error.stack);
  error.cause = hidden(error.cause, redact, depth + 1);
  return error;
}

function retold(error: unknown, input: unknown, began: number): unknown {
  // these have their shape already
  if (!(error instanceof Error) || error instanceof ApplicationFailure || error instanceof CancelledFailure)
    return error;
  const isTerminal = error instanceof TerminalError;
  const givenUp = isTerminal ? undefined : lastOfItsCall(input, began);
  if (!isTerminal && !givenUp && !(error instanceof TransientError)) return error;
  const retryAfter = error instanceof TransientError && !givenUp ? error.retryAfter : undefined;
  const details = { ...(isTerminal && error.details), ...(givenUp && { givenUp }) };
  return ApplicationFailure.create({
    message: error.message,
    type: error.name,
    nonRetryable: isTerminal || givenUp !== undefined,
    cause: error,
    ...(Object.keys(details).length > 0 && { details: [details] }),
    ...(retryAfter !== undefined && { nextRetryDelay: retryAfter }),
  });
}
