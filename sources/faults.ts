import { TerminalError, TransientError } from '../model/errors.js';

/** statuses that may pass by themselves, beside 5xx */
const passing = new Set([408, 425, 429]);

export const mayPass = (status: number) => status >= 500 || passing.has(status);

/** what a status outside 2xx means; `detail` is the beginning of the body */
export function statusFault(what: string, status: number, retryAfter: string | undefined, detail: string): Error {
  const got = `${what}: got HTTP ${status}${detail ? `: ${detail}` : ''}`;
  if (mayPass(status)) {
    const wait = retryAfter === undefined ? undefined : retryDelay(retryAfter, Date.now());
    return new TransientError(got, wait === undefined ? {} : { retryAfter: wait });
  }
  return new TerminalError(status === 404 ? 'SourceNotFound' : 'SourceRefused', got);
}

/** a refused, reset or silent connection; a cancelled one is told as the cancellation */
export function networkFault(what: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof TerminalError)
    return new TerminalError(error.name, `${what}: ${error.message}`, { cause: error });
  return new TransientError(`${what}: ${reason(error)}`, { cause: error });
}

/** ms of a Retry-After: seconds or an HTTP date; undefined when it is neither */
export function retryDelay(header: string, now: number): number | undefined {
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? error.errors.map(reason).join(', ') : error.message;
  return inner || ('code' in error ? String(error.code) : error.name);
}
