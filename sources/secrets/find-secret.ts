import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { secretPlace, type SecretPlace } from '../../model/secret-place.js';

type Environment = Record<string, string | undefined>;

export interface SecretPlaces {
  environment: Environment;
  /** path of the project's `.env`, which need not exist */
  envFile?: string | undefined;
}

export type FoundSecret =
  | { from: 'environment' | '.env'; value: string }
  /** `by`: who names the place */
  | { from: 'Secrets Manager'; place: SecretPlace; by: 'definition' | 'environment' | '.env' };

/** where a secret's value is: the environment goes before `.env`, and both may name a place in Secrets Manager; undefined: nowhere */
export function findSecret(name: string, { environment, envFile }: SecretPlaces): FoundSecret | undefined {
  const named = secretPlace(name);
  if (named) return { from: 'Secrets Manager', place: named, by: 'definition' };
  return held(environment[name], 'environment') ?? held(envFile && variablesOf(envFile)[name], '.env');
}

function held(text: string | undefined, from: 'environment' | '.env'): FoundSecret | undefined {
  // a file that holds a secret ends with a newline, and a header must not
  const value = (text ?? '').replace(/[\r\n]+$/, '');
  if (value === '') return undefined;
  const place = secretPlace(value);
  return place ? { from: 'Secrets Manager', place, by: from } : { from, value };
}

function variablesOf(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
