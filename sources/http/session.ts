import { TerminalError } from '../../model/errors.js';
import { secretNames, type SecretText } from '../../model/http-source.js';
import type { Redactor } from '../../model/redact.js';
import { pacer, type Pacer } from './pacer.js';
import { tokenCache, type TokenCache } from './token-cache.js';

type Environment = Record<string, string | undefined>;

/** what the requests of all runs of a worker share: secrets, tokens, and how fast each host is asked */
export interface SourceSession {
  /** reads a text or secret; hidden in logs and errors from then on */
  read(text: SecretText): string;
  /** throws SecretMissing, naming every secret of the source that has no value */
  check(source: unknown): void;
  /** hides every secret in a message */
  redact: Redactor;
  tokens: TokenCache;
  pacer: Pacer;
}

export function sourceSession(environment: Environment, redact: Redactor): SourceSession {
  return {
    redact,
    read(text) {
      if (typeof text === 'string') return text;
      const value = valueOf(environment, text.secret);
      if (value === '') throw missing([text.secret]);
      redact.add(value);
      return value;
    },
    check(source) {
      const names = secretNames(source).filter((name) => valueOf(environment, name) === '');
      if (names.length > 0) throw missing(names);
    },
    tokens: tokenCache(redact),
    pacer: pacer(),
  };
}

/** a file that holds a secret ends with a newline, and a header must not */
const valueOf = (environment: Environment, name: string) => (environment[name] ?? '').replace(/[\r\n]+$/, '');

function missing(names: string[]): TerminalError {
  const are = names.length > 1 ? 'are' : 'is';
  return new TerminalError(
    'SecretMissing',
    `${names.join(', ')} ${are} not set, or empty: the source needs it as a secret`,
  );
}
