import type { EntityPlan } from './columns.js';
import type { DriftReport } from './drift.js';
import type { Grid, Interval } from './interval.js';
import type { RunRef, Trigger } from './keys.js';
import type { ReasonCounts } from './rejected.js';
import type { Params } from './params.js';
import type { Policy } from './policy.js';
import type { FileColumns } from './file-columns.js';
import type { Source } from './source.js';
import type { SourceState } from './state-value.js';
import type { Step } from './steps.js';
import type { RunTasks } from './task.js';

/** the one input of `pipelineRun`, whoever starts it */
export interface RunInput {
  pipeline: string;
  /** absent only from a schedule, which reads its grid point from the server */
  interval?: Interval;
  grid: Grid;
  trigger: Trigger;
  /** first step to run; earlier ones are taken from the run `source` */
  from?: Step;
  /** last step to run */
  until?: Step;
  entities?: string[];
  /** run id of an earlier run of the same interval whose manifests are reused */
  source?: string;
  /** `defer`: whoever started the run builds once at its own end */
  dbt: 'build' | 'defer' | 'skip';
  /** an interval that held rows may lose all of them */
  allowEmpty?: true;
  /** once it has loaded, what used the interval runs again too */
  downstream?: true;
  params: Params;
}

/** compression of Parquet files */
export type ParquetCodec = 'snappy' | 'zstd';

/** the definition as plain data, stored once for each run: editing it never breaks a run in flight */
export interface Plan {
  source: Source;
  /** programs before and after the steps */
  tasks?: RunTasks;
  entities: EntityPlan[];
  /** those given and the defaults of the rest; absent in plans of earlier versions */
  params?: Params;
  /** above it the run fails before loading */
  maxRejected: { share: number; atLeast: number };
  /** snappy when absent */
  codec?: ParquetCodec;
  /** ms after due; scheduled runs only */
  deadline?: number;
  dbtSelect?: string;
  rawBucket: string;
  lakeBucket: string;
  /** dbt target that the shared builds of this deployment run on */
  dbtTarget: string;
  heartbeatTimeout: number;
  /** how the run is looked after; absent in plans of earlier versions */
  policy?: Policy;
  /** whose slot its extract takes, and how many there were when it was planned */
  pool?: { name: string; slots: number };
  /** what a retry takes over from an earlier run */
  reuse?: Reuse;
  /** entities that neither this run nor the earlier one loads: without them the interval is not loaded */
  left?: string[];
}

export interface Reuse {
  /** run id of the earlier run */
  run: string;
  extracted?: Extracted;
  validated?: Validated;
  encoded?: Record<string, Encoded>;
  /** entities that this run leaves alone and the earlier one loaded */
  loaded: string[];
}

export interface ObjectRef {
  bucket: string;
  key: string;
  /** of JSON that a step wrote: who has it need not fetch it */
  hash?: string;
}

/** what the workflow itself decides by, and where the whole plan lies: history has it once, and activities its reference */
export interface RunPlan extends Pick<
  Plan,
  'params' | 'deadline' | 'dbtSelect' | 'dbtTarget' | 'heartbeatTimeout' | 'policy' | 'pool' | 'reuse' | 'left'
> {
  ref: ObjectRef;
  /** their names */
  entities: string[];
  /** names of programs, in order */
  tasks?: { before: string[]; after: string[] };
  /** its source is a program of the team's own */
  fromProgram?: true;
  /** the source goes on from the state that the interval before left */
  keepsState?: true;
}

/** what every activity of a run is asked by */
export interface StepRef {
  run: RunRef;
  plan: ObjectRef;
}

/** what every step of a run works by */
export interface StepInput {
  run: RunRef;
  plan: Plan;
}

/** content encodings in which raw objects are kept as they came */
export type Packing = 'gzip' | 'deflate' | 'br' | 'zstd';

/** an object of the raw layer */
interface RawBytes {
  key: string;
  bytes: number;
  gzip: boolean;
  /** how the bytes are packed, where it is not gzip */
  packing?: Exclude<Packing, 'gzip'>;
}

export interface RawPart extends RawBytes {
  /** pages of an API, an object and a source each, in order; the part's own key is the first one's */
  pages?: RawBytes[];
  /** each source is read by itself, from its own bytes of the part: only lines can be read on from one to the next */
  packed?: true;
  /** name of the request that its pages answer, of a source that has several */
  request?: string;
  /** the objects merged into this part, in order; one without a merge */
  sources: {
    name: string;
    etag?: string;
    modified?: string;
    offset: number;
    bytes: number;
    /** what of the object lies in earlier parts */
    skipped?: { bytes: number; lines: number };
    /** of rows whose header lies in an earlier part */
    columns?: string[];
  }[];
}

/** the objects of the raw layer that a part is read from, in the order of its sources where they are pages */
export const objectsOf = (part: RawPart): RawBytes[] => part.pages ?? [part];

export interface ExtractManifest {
  step: 'extract';
  run: RunRef;
  bucket: string;
  source: Source;
  parts: RawPart[];
  /** parts of an interval of many objects, in the lake's own manifests */
  ranges?: RawRange[];
  files: number;
  bytes: number;
  /** of a source that keeps one: what the interval began with, and what the next begins with */
  begunWith?: SourceState;
  state?: SourceState;
}

/** what one activity extracted of an interval of many objects */
export interface RawRange {
  ref: ObjectRef;
  parts: number;
  files: number;
  bytes: number;
}

/** what of an interval is in the raw layer */
export type InRaw = Pick<ExtractManifest, 'parts' | 'ranges' | 'files' | 'bytes'>;

export interface Extracted {
  manifest: ObjectRef;
  /** to be extracted one by one, before the manifest is there */
  ranges?: number;
  parts: number;
  files: number;
  bytes: number;
  /** counts and notes of a task */
  told?: string;
}

/** records read = routed + ignored + dropped + unparseable */
export interface RecordCounts {
  records: number;
  routed: number;
  ignored: number;
  dropped: number;
  unparseable: number;
}

/** rows of one entity */
export interface RowCounts {
  valid: number;
  rejected: number;
}

/** a Parquet file of one part */
export interface WrittenFile extends ParquetFile {
  /** too small by itself: it is joined with others before it is published */
  waits?: true;
}

interface ValidatedEntity {
  schemaHash: string;
  files: WrittenFile[];
  /** of the records whose rows replace those that they had before */
  parents?: WrittenFile[];
  drift?: DriftReport;
}

export interface ValidateManifest {
  step: 'validate';
  run: RunRef;
  bucket: string;
  counts: RecordCounts;
  entities: Record<string, RowCounts & ValidatedEntity>;
  /** keys of the rejected files that hold something */
  rejected: string[];
  /** of the records in them */
  reasons: ReasonCounts;
}

export interface Validated {
  manifest: ObjectRef;
  counts: RecordCounts;
  entities: Record<string, RowCounts>;
  /** entities whose rows differ from their schema, in words */
  drift?: Record<string, string>;
  /** no record was of use, and none was wrong: why, with the first values */
  unmatched?: string;
}

export interface ParquetFile {
  key: string;
  rows: number;
  bytes: number;
}

export interface ParquetFiles {
  /** of every file, in order, and the key that its row ids are hashes of; absent in manifests of earlier versions */
  columns?: FileColumns;
  key?: string[];
  rows: number;
  files: ParquetFile[];
  /** the COPY manifest; absent when there are no rows */
  copyManifest?: string;
}

export interface ParquetManifest extends ParquetFiles {
  step: 'parquet';
  run: RunRef;
  bucket: string;
  entity: string;
  schemaHash: string;
  rejected: number;
  /** of the records whose rows replace those that they had before */
  parents?: ParquetFiles;
}

export interface Encoded {
  manifest: ObjectRef;
  rows: number;
  files: number;
  bytes: number;
}

export interface Loaded {
  manifest: ObjectRef;
  outcome: 'loaded' | 'superseded';
  valid: number;
  staged: number;
  inserted: number;
  updated: number;
  deleted: number;
}

export interface CopyManifest extends Omit<Loaded, 'manifest'> {
  step: 'copy';
  run: RunRef;
  entity: string;
}
