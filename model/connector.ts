/** how a stream is read: whole each time, or from where the interval before came to */
export interface StreamOptions {
  sync: 'full_refresh' | 'incremental';
  /** field by which the connector finds what is new, where it does not choose one by itself */
  cursor?: string;
}

export type Streams = Record<string, StreamOptions>;

/** a connector that others wrote, as a plan has it: a run in flight goes on with what it was planned with */
export interface ConnectorSource {
  language: 'airbyte' | 'singer';
  /** name or path of its program */
  command: string;
  /** the Python package that has the program, as `tap-github==1.10.0`; absent: it is looked for in all places */
  package?: string;
  /** plain data with times, params and names of secrets */
  config: Record<string, unknown>;
  streams: Streams;
  /** hash of the low-code manifest, whose text lies in the lake */
  manifest?: string;
}

const packageName = /^[a-z0-9]([\w.-]*[a-z0-9])?(\[[\w.,-]+\])?==[a-z0-9][\w.!+-]*$/i;

/** why a text does not name one version of a package; undefined when it does */
export function packageProblem(name: string): string | undefined {
  if (packageName.test(name)) return undefined;
  return `package must be a name and a version, as 'tap-github==1.10.0', got '${name}'`;
}
