import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { workerShutdown } from '../model/errors.js';
import type { Failure } from '../model/run-result.js';

/** ms that one attempt may take, and be silent */
interface Limits {
  startToCloseTimeout: number;
  heartbeatTimeout: number;
}

/** the innermost reason, as it is told to people */
export function failureOf(step: string, error: unknown, entity?: string, limits?: Limits): Failure {
  const inner = error instanceof ActivityFailure && error.cause ? error.cause : error;
  const { type, message } = inner instanceof TimeoutFailure ? timedOut(inner, limits) : named(inner);
  return {
    step,
    type,
    // an error without a message comes with its name instead
    message: (message && message !== type ? message : `${type} without a message`).slice(0, 1000),
    ...(entity && { entity }),
  };
}

function named(error: unknown): { type: string; message: string } {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error) };
  return { type: (error instanceof ApplicationFailure && error.type) || error.name || 'Error', message: error.message };
}

function timedOut({ timeoutType, cause }: TimeoutFailure, limits: Limits | undefined) {
  const before = cause?.message ? `; the failure before: ${cause.message}` : '';
  const within = (ms: number | undefined) => (ms === undefined ? 'its limit' : inWords(ms));
  if (timeoutType === 'HEARTBEAT') {
    const silent = within(limits?.heartbeatTimeout);
    return { type: 'WorkerLost', message: `its worker gave no sign for ${silent} in the last attempt${before}` };
  }
  if (timeoutType === 'START_TO_CLOSE') {
    const most = within(limits?.startToCloseTimeout);
    return { type: 'TookTooLong', message: `the last attempt took longer than ${most}${before}` };
  }
  return { type: 'NoWorker', message: `no worker took it in time${before}` };
}

function inWords(ms: number): string {
  if (ms < 120_000) return `${ms / 1_000} seconds`;
  return ms < 7_200_000 ? `${Math.round(ms / 6_000) / 10} minutes` : `${Math.round(ms / 360_000) / 10} hours`;
}

export function wasShutdown(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === workerShutdown
  );
}
