import type { StreamOptions, Streams } from '../../model/connector.js';
import type { SourceState } from '../../model/state-value.js';
import type { Data } from './loose-data.js';

export type Level = 'info' | 'warn' | 'error';

/** what a line of a connector's stdout says */
export type Message =
  | { says: 'record'; stream: string }
  /** what it came to, by keys that replace those before; `stream`: of this one alone */
  | { says: 'state'; state: SourceState; stream?: string }
  | { says: 'log'; level: Level; text: string }
  /** it could not do its work; `isLasting`: trying again cannot mend it */
  | { says: 'failure'; text: string; isLasting: boolean }
  | { says: 'catalog'; catalog: unknown }
  /** JSON Schema of its config */
  | { says: 'specification'; schema: Data }
  /** of a check: whether it can work with its config */
  | { says: 'status'; isWell: boolean; text: string }
  | { says: 'nothing' };

interface Files {
  config: string;
  catalog: string;
  state?: string;
}

export interface StreamDescription {
  name: string;
  /** fields that identify a record, as paths */
  key: string[][];
  /** field by which records are new, where the connector has one */
  cursor?: string[];
  /** ways in which it can be read */
  sync: StreamOptions['sync'][];
  /** JSON Schema of a record */
  schema: Data;
}

/** a language that connectors speak on stdout, a JSON document a line */
export interface Protocol {
  /** place of the record in its line */
  at: string;
  read(message: Record<string, unknown>): Message;
  /** arguments that try its config; absent where the language has no such question */
  check?(files: Pick<Files, 'config'>): string[];
  /** arguments that print the JSON Schema of its config */
  specify: string[];
  /** arguments that list its streams */
  discover(files: Pick<Files, 'config'>): string[];
  /** arguments that read them */
  sync(files: Files): string[];
  /** of a stream in the catalog */
  nameOf(stream: Data): string;
  /** what a stream of the catalog says of itself */
  describe(stream: Data): Omit<StreamDescription, 'name'>;
  /** a stream of the catalog, as one that is read is written in it */
  choose(stream: Data, wanted: StreamOptions): Data;
  /** the state as its file holds it, without that of streams that are read whole; empty where there is none */
  stateFile(state: SourceState, streams: Streams): object;
}

export const fileOptions = ({ config, catalog, state }: Files): string[] => [
  '--config',
  config,
  '--catalog',
  catalog,
  ...(state === undefined ? [] : ['--state', state]),
];
