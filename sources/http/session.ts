import { secretNames, type SecretText } from '../../model/http-source.js';
import type { Redactor } from '../../model/redact.js';
import { secretsOf, type Secrets } from '../secrets/secrets.js';
import { pacer, type HostRates, type Pacer } from './pacer.js';
import { tokenCache, type TokenCache } from './token-cache.js';

type Environment = Record<string, string | undefined>;

/** what the requests of all runs of a worker share: secrets, tokens, and how fast each host is asked */
export interface SourceSession {
  /** a text, or the value of a secret that was loaded; hidden in logs and errors */
  read(text: SecretText): string;
  /** makes the secrets of a source readable; throws SecretMissing, naming each that has no value */
  load(source: unknown): Promise<void>;
  /** a server refused what was sent with secrets of this state: true if one of the source has another value by now */
  renew(source: unknown, state: number): Promise<boolean>;
  secrets: Secrets;
  /** hides every secret in a message */
  redact: Redactor;
  tokens: TokenCache;
  pacer: Pacer;
}

export function sourceSession(
  environment: Environment,
  redact: Redactor,
  secrets = secretsOf({ environment, redact }),
  rates?: HostRates,
): SourceSession {
  return {
    redact,
    secrets,
    read: (text) => (typeof text === 'string' ? text : secrets.value(text.secret)),
    load: (source) => secrets.load(secretNames(source)),
    renew: (source, state) => secrets.renew(secretNames(source), state),
    tokens: tokenCache(redact),
    pacer: pacer(rates),
  };
}
