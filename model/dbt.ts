import type { Grid } from './interval.js';
import type { Audience } from './policy.js';

/** what one asker wants built: the nodes of a selection that have their inputs */
export interface DbtSelection {
  /** dbt's own words: `tag:parcels` */
  select: string;
  /** tables that were loaded, `<pipeline>.<entity>`: what stands on none of them is left out; absent: nothing is */
  loaded?: string[];
  /** tables whose load failed: what stands on one of them is left out */
  failed?: string[];
}

/** one who waits for a dbt build, and is told its result by the signal `built` */
export interface DbtNeed extends DbtSelection {
  workflowId: string;
  runId: string;
  /** ms that one build may take; the longest of those that share it holds */
  timeout?: number;
  /** incremental models from nothing; such a build is shared with its like only */
  fullRefresh?: boolean;
}

/** what `dbtBuilds` signals to each that waits */
export type DbtAnswer = { result: DbtResult } | { error: DbtError };

/** what kept a build from an outcome */
interface DbtError {
  type: string;
  message: string;
  /** another build may do better; absent where the builder has tried already */
  mayMend?: true;
  /** ms that the build took */
  took?: number;
}

export interface DbtResult {
  status: 'success' | 'failed';
  ok: number;
  failed: number;
  skipped: number;
  failures: { name: string; message: string }[];
}

/** a line of a build's file of failing rows: row values lie in the lake, messages name the file */
export interface FailingRow {
  test: string;
  row: unknown;
}

/** input of the workflow `dbtRequest`: a build asked for by hand, or by its schedule */
export interface DbtRequestInput {
  select: string;
  dbtTarget: string;
  fullRefresh?: boolean;
  /** of a build on a schedule, as commands call it: `build:daily` */
  name?: string;
  /** of its schedule: it begins the grid's offset after a point of it */
  grid?: Grid;
  /** who hears when it fails */
  audience?: Audience;
}

/** how far a build is: details of its heartbeat, and what `dbtBuilds` is told by the signal `progress` */
export interface DbtProgress {
  done: number;
  total: number;
  failed: number;
  /** names of the nodes that the warehouse works on */
  running: string[];
  /** the latest that ended, failed ones first */
  ended: { name: string; status: string }[];
}

/** equal for selections that mean the same nodes: they are built and told as one */
export function selectionKey({ select, loaded, failed = [] }: DbtSelection): string {
  const of = loaded ? ` of ${loaded.toSorted().join(', ')}` : '';
  return `${select}${of}${failed.length > 0 ? ` without ${failed.toSorted().join(', ')}` : ''}`;
}

/** `2 failed, 1 skipped: unique_x: 3 rows fail` */
export function failuresOf({ failed, skipped, failures }: DbtResult): string {
  const names = failures.map(({ name, message }) => `${name}: ${message}`).join('; ');
  return `${failed} failed, ${skipped} skipped: ${names}`;
}
