import { ActivityFailure, ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { isCommonCause } from '../model/hold.js';
import type { FailedSteps } from '../model/run-result.js';

/** type of the error that a run failed of: of several, one that other intervals would meet too */
export function causeOf(error: unknown): string | undefined {
  if (error instanceof CancelledFailure) return 'Cancelled';
  if (error instanceof TerminatedFailure) return 'Terminated';
  if (error instanceof ActivityFailure) return causeOf(error.cause);
  if (!(error instanceof ApplicationFailure)) return error instanceof Error ? error.name : undefined;
  if (error.type !== 'RunFailed') return error.type ?? undefined;
  const types = (error.details?.[0] as Partial<FailedSteps> | undefined)?.types;
  return types?.find(isCommonCause) ?? types?.[0];
}
