import { ApplicationFailure } from '@temporalio/activity';
import { workerShutdown } from '../model/errors.js';
import { shutdownSignals } from './telemetry.js';

/** aborted once the process is asked to end: what only waits need not take the grace that work is given */
export function stopping(): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort(ApplicationFailure.retryable('the worker ends', workerShutdown));
  for (const signal of shutdownSignals) process.once(signal, end);
  return controller.signal;
}
