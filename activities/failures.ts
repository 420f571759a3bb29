import { ApplicationFailure } from '@temporalio/activity';
import { TerminalError, TransientError } from '../model/errors.js';
import type { Activities } from './types.js';

/** gives errors the shape that history keeps: their name as type, never retried if terminal, a named retry time, no secret */
export function withFailures(activities: Activities, redact: (text: string) => string = (text) => text): Activities {
  const retell = (error: unknown) => throwRetold(hidden(error, redact));
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    (input: never) => (activity as (input: never) => Promise<unknown>)(input).catch(retell),
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

function throwRetold(error: unknown): never {
  const isTerminal = error instanceof TerminalError;
  if (!isTerminal && !(error instanceof TransientError)) throw error;
  const retryAfter = isTerminal ? undefined : error.retryAfter;
  throw ApplicationFailure.create({
    message: error.message,
    type: error.name,
    nonRetryable: isTerminal,
    cause: error,
    ...(retryAfter !== undefined && { nextRetryDelay: retryAfter }),
  });
}
