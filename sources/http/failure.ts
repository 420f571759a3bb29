import { TerminalError, TransientError } from '../../model/errors.js';
import type { HttpFailure } from '../../model/http-source.js';
import { placeIn } from './document.js';
import { shown } from './response.js';

/** throws for an answer that says in its body that it failed */
export function refuseFailure(
  value: unknown,
  failure: HttpFailure | undefined,
  what: string,
  redact: (text: string) => string,
): void {
  if (!failure) return;
  const found = placeIn(value, failure.at);
  if (failure.is === undefined ? !isThere(found) : found !== failure.is) return;
  const message = failure.message === undefined ? found : placeIn(value, failure.message);
  const told = shown(redact(typeof message === 'string' ? message : JSON.stringify(message ?? null)));
  const text = `${what}: the answer says that it failed, at '${failure.at}': ${told}`;
  throw failure.wait ? new TransientError(text) : new TerminalError('SourceRefused', text);
}

/** an empty list of errors is none */
function isThere(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false && value !== '';
}
