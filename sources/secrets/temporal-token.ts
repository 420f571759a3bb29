import { readFile } from 'node:fs/promises';
import { secretPlace } from '../../model/secret-place.js';
import { secretsManager, type ReadSecret } from './secrets-manager.js';

type Environment = Record<string, string | undefined>;

const tokenVariable = 'TEMPORAL_API_KEY';
const tokenFileVariable = `${tokenVariable}_FILE`;

/** the token that Temporal asks for, which may change where it lies while a process goes on */
export interface TemporalToken {
  /** as it was read last */
  value(): string;
  /** calls back with each other value from now on; returns what ends that */
  follow(changed: (token: string) => Promise<void> | void, failed?: (message: string) => void): () => void;
}

interface Options {
  read?: ReadSecret;
  /** ms between two looks */
  every?: number;
}

/** a look at a file costs nothing, one at Secrets Manager a fee */
const ofFile = 5_000;
const ofSecret = 60_000;

/** of TEMPORAL_API_KEY_FILE, or of a TEMPORAL_API_KEY that names a place in Secrets Manager; undefined where neither is set */
export async function temporalToken(
  environment: Environment,
  options: Options = {},
): Promise<TemporalToken | undefined> {
  const source = tokenSource(environment, options.read);
  if (!source) return undefined;
  let token = await source.read();
  return {
    value: () => token,
    follow(changed, failed = () => undefined) {
      let timer: NodeJS.Timeout | undefined;
      let isOver = false;
      const look = async () => {
        try {
          const found = await source.read();
          if (found !== token && !isOver) {
            // in this order: a connection that did not take it is given it again
            await changed(found);
            token = found;
          }
        } catch (error) {
          // the one that is known may be good for hours
          failed((error as Error).message);
        }
        wait();
      };
      const wait = () => {
        if (!isOver) timer = setTimeout(() => void look(), options.every ?? source.every).unref();
      };
      wait();
      return () => {
        isOver = true;
        clearTimeout(timer);
      };
    },
  };
}

interface TokenSource {
  read(): Promise<string>;
  every: number;
}

function tokenSource(environment: Environment, read: ReadSecret = secretsManager()): TokenSource | undefined {
  const file = environment[tokenFileVariable];
  const given = environment[tokenVariable];
  if (file && given) throw new Error(`${tokenVariable} and ${tokenFileVariable} are both set: keep one`);
  if (file) return { every: ofFile, read: async () => filled(await textOf(file), `${tokenFileVariable}: ${file}`) };
  const place = secretPlace(given ?? '');
  if (!place) return undefined;
  return { every: ofSecret, read: async () => filled(await read(place), `${tokenVariable}: secret ${place.id}`) };
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new Error(`${tokenFileVariable}: cannot read ${file}: ${cause.message}`, { cause });
  });
}

function filled(text: string, where: string): string {
  const token = text.trim();
  if (token === '') throw new Error(`${where} is empty: put the token of Temporal there`);
  return token;
}
