import type { CustomSource } from './custom-source.js';
import type { Interval } from './interval.js';
import type { Params } from './params.js';
import type { SourceState } from './state-value.js';

/** one object of the raw layer, kept as it is */
export interface CustomItem {
  /** unique within the interval, and the same when the interval is asked for again */
  name: string;
  body: string | Uint8Array | AsyncIterable<string | Uint8Array>;
  /** which of the source's `streams` its records are of */
  stream?: string;
  /** ISO */
  modified?: string;
  etag?: string;
  /** plain data that the next attempt of a run gets when this object was the last that is kept; null: nothing follows it */
  resume?: unknown;
  /** what the next interval begins with, if this object is the last that has one: plain data; needs `state: true` */
  state?: SourceState;
}

/** what the code of a source is given for one interval */
export interface CustomInput {
  interval: Interval;
  params: Params;
  /** the value of a secret that the source declares; read it where it is used: it may change while the code runs */
  secret(name: string): string;
  /** aborted when the run is cancelled or the worker ends */
  signal: AbortSignal;
  /** of the last object that an earlier attempt of this run kept; undefined where it begins */
  resume: unknown;
  /** what the interval before has handed on; in a further attempt, with what the objects that are kept have added */
  state: SourceState | undefined;
  /** `WATERCLOCK_SOURCE_<PIPELINE>`: in place of the real address */
  address: string | undefined;
  logger: CustomLogger;
}

export type CustomLogger = Record<
  'info' | 'warn' | 'error',
  (message: string, details?: Record<string, unknown>) => void
>;

/** where the code runs */
export interface CustomHost {
  /** of child processes, where it starts one */
  environment: Record<string, string | undefined>;
  /** where a sync keeps what it came to */
  notes?: IntervalNotes;
}

/** one value for an interval, shared by all its runs and attempts */
export interface IntervalNotes {
  read(): Promise<unknown>;
  write(value: object): Promise<void>;
}

export type Generate = (input: CustomInput, host: CustomHost) => AsyncIterable<CustomItem>;

/** what `custom` returns: the definition takes the code out, since a plan is plain data */
export interface DeclaredCustomSource extends CustomSource {
  generate: Generate;
  /** text of a connector's low-code manifest, which a run has in the lake */
  manifest?: string;
}
