import { TerminalError, TransientError } from '../../model/errors.js';
import type { Redactor } from '../../model/redact.js';
import { findSecret, type SecretPlaces } from './find-secret.js';
import { secretsManager, type ReadSecret } from './secrets-manager.js';

export interface Secrets {
  /** reads what was not read yet, or some minutes ago; throws SecretMissing with every name that has no value */
  load(names: string[]): Promise<void>;
  /** counts the changes of all values: what is sent now has those of this state */
  state(): number;
  /** a server refused values of a state: reads them again. True if one has changed since */
  renew(names: string[], state: number): Promise<boolean>;
  /** of a secret that was loaded */
  value(name: string): string;
  /** each value that it had, the newest first: an answer may repeat one from before */
  valuesOf(name: string): string[];
}

interface SecretsOptions extends SecretPlaces {
  redact: Redactor;
  read?: ReadSecret;
  now?: () => number;
}

interface Held {
  values: string[];
  readAt: number;
  /** the first state that has the newest value */
  state: number;
}

/** ms that a value is used before it is read again: a rotated one is found without a restart */
const freshFor = 300_000;
/** ms between two reads of one that servers go on refusing */
const leastBetween = 10_000;

/** values of secrets, read at use, hidden in messages from then on, and kept for a few minutes */
export function secretsOf({ redact, read = secretsManager(), now = Date.now, ...places }: SecretsOptions): Secrets {
  const held = new Map<string, Held>();
  let changes = 0;
  const coming = new Map<string, Promise<void>>();

  /** undefined: it has none */
  async function lookUp(name: string): Promise<string | undefined> {
    const found = findSecret(name, places);
    if (!found) return undefined;
    if ('value' in found) return found.value;
    return (await read(found.place)).replace(/[\r\n]+$/, '') || undefined;
  }

  async function readAgain(name: string): Promise<void> {
    const known = held.get(name);
    try {
      const value = await lookUp(name);
      if (value === undefined) throw missing([name]);
      redact.add(value);
      const isSame = known?.values[0] === value;
      held.set(name, {
        values: isSame ? known.values : [value, ...(known?.values ?? [])],
        readAt: now(),
        state: isSame ? known.state : ++changes,
      });
    } catch (error) {
      // a store that is away for a while does not stop a run that has the value
      if (!known || !(error instanceof TransientError)) throw error;
      held.set(name, { ...known, readAt: now() });
    }
  }

  /** once for all that ask at a time */
  function once(name: string): Promise<void> {
    const under = coming.get(name) ?? readAgain(name).finally(() => coming.delete(name));
    coming.set(name, under);
    return under;
  }

  return {
    async load(names) {
      const old = names.filter((name) => now() - (held.get(name)?.readAt ?? -Infinity) >= freshFor);
      const settled = await Promise.allSettled(old.map(once));
      const lacking = old.filter((_, at) => isMissing(settled[at]));
      const others = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      if (lacking.length > 1) throw missing(lacking);
      if (others.length > 0) throw others[0];
    },
    state: () => changes,
    async renew(names, state) {
      const tired = names.filter((name) => {
        const known = held.get(name);
        return !known || (known.state <= state && now() - known.readAt >= leastBetween);
      });
      await Promise.all(tired.map(once));
      return names.some((name) => (held.get(name)?.state ?? 0) > state);
    },
    value(name) {
      const [value] = held.get(name)?.values ?? [];
      if (value === undefined) throw missing([name]);
      return value;
    },
    valuesOf: (name) => held.get(name)?.values ?? [],
  };
}

const isMissing = (one: PromiseSettledResult<void> | undefined) =>
  one?.status === 'rejected' && one.reason instanceof TerminalError && one.reason.name === 'SecretMissing';

function missing(names: string[]): TerminalError {
  const are = names.length > 1 ? 'are' : 'is';
  return new TerminalError(
    'SecretMissing',
    `${names.join(', ')} ${are} not set, or empty: the source needs it as a secret`,
  );
}
