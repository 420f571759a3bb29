import { remedyFor, TerminalError, TransientError } from '../../model/errors.js';

/** what the code threw: it may pass, unless it is an error that says that it does not */
export function customFault(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof TransientError || isTerminal(error)) return error;
  const { name, message } = error instanceof Error ? error : { name: 'it threw', message: String(error) };
  return new TransientError(`the code of the source: ${name}: ${message}`, { cause: error });
}

/** also one of another copy of this package, which a project may have */
export function isTerminal(error: unknown): error is Error {
  return error instanceof TerminalError || (error instanceof Error && 'details' in error && !!remedyFor(error.name));
}
