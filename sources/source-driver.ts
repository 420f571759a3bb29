import type { Interval } from '../model/interval.js';

export interface RawObject {
  name: string;
  etag?: string;
  /** ISO */
  modified?: string;
  gzip: boolean;
  /** begins with the mark of UTF-16: not to be joined with others */
  isUtf16?: boolean;
  bytes?: number;
  /** bytes exactly as received; throws TransientError or TerminalError, or the signal's reason */
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export interface SourceDriver {
  /** objects of one interval in a deterministic order */
  list(interval: Interval, signal: AbortSignal): AsyncIterable<RawObject>;
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
  limits?: BodyLimits;
  /** called for every request, and for all that is received */
  sign?: () => void;
}
