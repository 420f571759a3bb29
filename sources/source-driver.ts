import type { LookupFunction } from 'node:net';
import type { CustomLogger, Generate, IntervalNotes } from '../model/custom-code.js';
import type { Interval } from '../model/interval.js';
import type { Params } from '../model/params.js';
import type { Packing } from '../model/plan.js';
import type { SourceState } from '../model/state-value.js';
import type { SourceSession } from './http/session.js';

export interface RawObject {
  name: string;
  etag?: string;
  /** ISO */
  modified?: string;
  gzip: boolean;
  /** how the bytes are packed, where it is not gzip */
  packing?: Exclude<Packing, 'gzip'>;
  /** where the list goes on once this object is kept: plain data; null after the last. Absent: the list begins again */
  after?: Place;
  /** begins with the mark of UTF-16: not to be joined with others */
  isUtf16?: boolean;
  bytes?: number;
  /** name of the request that it answers, of a source that has several */
  request?: string;
  /** what it adds to the state of its source */
  state?: SourceState;
  /** bytes exactly as received; throws TransientError or TerminalError, or the signal's reason */
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export type Place = object | null;

export interface SourceDriver {
  /** objects of one interval in a deterministic order; `from` an object's `after`, those behind it */
  list(interval: Interval, signal: AbortSignal, from?: Place): AsyncIterable<RawObject>;
}

/** what an answer or object may be */
export interface BodyLimits {
  bytes: number;
  /** while it is waited for, over each minute */
  bytesPerSecond: number;
}

export interface DriverOptions {
  /** replaces the address in the definition */
  address?: string;
  /** ms; the defaults are for real servers, tests shorten them */
  timeouts?: { headers: number; silence: number };
  /** resolves names of hosts; the system's own when absent */
  lookup?: LookupFunction;
  limits?: BodyLimits;
  /** called for every request, and for all that is received */
  sign?: () => void;
  /** secrets, tokens and rates, shared by the runs of a worker */
  session?: SourceSession;
  /** what the interval begins with, of a source that keeps a state */
  state?: SourceState;
  /** of a source that is code of the project */
  custom?: {
    generate: Generate;
    params: Params;
    logger: CustomLogger;
    /** of the processes that it starts */
    environment?: Record<string, string | undefined>;
    /** of the interval, for a sync */
    notes?: IntervalNotes;
    /** names of the objects that earlier attempts have kept */
    known(): Promise<Set<string>>;
  };
  /** ms before what failed is asked again; tests shorten it */
  firstWait?: number;
}
