import { ApplicationFailure } from '@temporalio/activity';
import { TerminalError, TransientError } from '../model/errors.js';
import type { Activities } from './types.js';

/** gives errors the shape that history keeps: their name as type, never retried if terminal, a named retry time */
export function withFailures(activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    (input: never) => (activity as (input: never) => Promise<unknown>)(input).catch(retell),
  ]);
  return Object.fromEntries(wrapped) as Activities;
}

function retell(error: unknown): never {
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
