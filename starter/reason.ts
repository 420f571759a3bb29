import { mostReasonLetters } from '../model/resolution.js';
import { refuse } from '../control/failure.js';

/** what `--note` says, as the ledger takes it; undefined when it says nothing */
export function reasonOf(note: string | undefined): string | undefined {
  const reason = note?.trim();
  const letters = Array.from(reason ?? '').length;
  if (letters > mostReasonLetters) refuse(`a note has up to ${mostReasonLetters} letters, got ${letters}`);
  return reason || undefined;
}
