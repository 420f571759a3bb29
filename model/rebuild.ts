import type { Grid, Interval } from './interval.js';
import type { RunRef } from './keys.js';
import { runName } from './names.js';
import type { DbtResult } from './dbt.js';
import type { ObjectRef, RunInput } from './plan.js';

/** input of the workflow `rebuild`: one table made anew from the lake */
export interface RebuildInput {
  pipeline: string;
  entity: string;
  grid: Grid;
  dbt: Exclude<RunInput['dbt'], 'defer'>;
  dbtSelect?: string;
  dbtTarget: string;
  /** ms */
  heartbeatTimeout: number;
  /** what an execution hands to the one that continues it */
  carried?: RebuildState;
}

/** one look at the ledger: intervals to copy that no earlier round has seen */
export interface RebuildRound {
  manifest: ObjectRef;
  intervals: number;
  /** the first so many have files that do not fit the schema: they are made again from the raw */
  toEncode: number;
}

export interface RebuildState {
  round: number;
  /** absent between rounds */
  found?: RebuildRound;
  /** intervals of this round that are done */
  encoded: number;
  copied: number;
  progress: RebuildResult;
}

/** result of `rebuild`, and of its query `progress` while it works */
export interface RebuildResult {
  table: string;
  status: 'running' | 'completed';
  intervals: number;
  /** of them, in the new table */
  copied: number;
  /** of them, validated and written anew because their files do not fit the schema */
  encoded: number;
  rows?: number;
  dbt?: DbtResult;
}

/** a round in the lake */
export interface RebuildManifest {
  step: 'rebuild';
  pipeline: string;
  entity: string;
  /** rows of the ledger that this round knows: with more, an interval has loaded since */
  ledgerRows: number;
  intervals: RebuildInterval[];
}

/** an interval's files for one table */
export interface RebuildFiles {
  /** columns of its files that the table has; absent when the files do not fit */
  columns?: string[];
  copyManifest?: string;
  rows: number;
}

/** what the newest loaded run of an interval left */
export interface RebuildInterval extends RebuildFiles {
  interval: Interval;
  /** run that loaded it, and when, as the ledger has it */
  runId: string;
  loadedAt: string;
  /** of the records whose rows replace those that they had before */
  parents?: RebuildFiles;
}

/** copied in one transaction: four statements each, of the forty that the Data API takes in a batch */
export const intervalsACopy = 10;

export function rebuildId(pipeline: string, entity: string): string {
  return `rebuild-${pipeline}.${entity}`;
}

/** the run under whose id an interval's files are made again */
export function encodingRun(rebuild: Pick<RunRef, 'pipeline' | 'runId'>, interval: Interval, at: string): RunRef {
  const { pipeline, runId } = rebuild;
  return { pipeline, interval, workflowId: runName(pipeline, interval), runId: `${runId}.${at}`, trigger: 'manual' };
}
