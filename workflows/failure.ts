import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { workerShutdown } from '../model/errors.js';
import type { Failure } from '../model/plan.js';

/** the innermost reason, as it is told to people */
export function failureOf(step: string, error: unknown, entity?: string): Failure {
  const inner = error instanceof ActivityFailure && error.cause ? error.cause : error;
  const type =
    inner instanceof ApplicationFailure && inner.type ? inner.type : inner instanceof Error ? inner.name : 'Error';
  const message = inner instanceof Error ? inner.message : String(inner);
  return { step, type, message: message.slice(0, 1000), ...(entity && { entity }) };
}

export function wasShutdown(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === workerShutdown
  );
}
