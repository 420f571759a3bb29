import type { Alert } from '../model/alert.js';
import type { Dependent } from '../model/downstream.js';
import type { DbtNeed, DbtResult, DbtSelection } from '../model/dbt.js';
import type { Interval } from '../model/interval.js';
import type { RunRef, Trigger } from '../model/keys.js';
import type { RebuildInterval, RebuildRound } from '../model/rebuild.js';
import type { ListedIntervals } from '../model/listed-intervals.js';
import type { Noticed } from '../model/missing.js';
import type { Params } from '../model/params.js';
import type { AlertChannel } from '../model/policy.js';
import type { Reprocess } from '../model/backfill.js';
import type { Place } from '../model/slot-place.js';
import type { Claim } from '../model/slots.js';
import type { ListedInterval } from '../model/retry.js';
import type { StepOutcome } from '../model/step-outcome.js';
import type {
  Encoded,
  Extracted,
  Loaded,
  ObjectRef,
  Plan,
  RecordCounts,
  RunInput,
  RunPlan,
  StepInput,
  StepRef,
  Validated,
} from '../model/plan.js';
import type { Failure, RunStatus } from '../model/run-result.js';
import type { TaskDone } from '../model/task-manifest.js';

/** what workflows may ask of a worker; references and counts, never data */
export interface Activities {
  /** stores the definition as plain data; for a retry, with the manifests of the earlier run */
  plan(input: { input: RunInput; run: RunRef }): Promise<RunPlan>;
  /** `spreads`: many objects are cut into ranges, each for `extractRange`, and another call without it ends the step */
  extract(input: StepRef & { spreads?: true }): Promise<Extracted>;
  /** one range of the objects of a large interval */
  extractRange(input: StepRef & { range: number }): Promise<void>;
  /** one program before the run extracts, by its name in the plan */
  taskBefore(input: StepRef & { task: string }): Promise<TaskDone>;
  /** one program once the run has loaded and built */
  taskAfter(input: StepRef & { task: string }): Promise<TaskDone>;
  /** one part, or `count` of them in turn, every entity in one pass */
  validatePart(input: StepRef & { extracted: ObjectRef; part: number; count?: number }): Promise<void>;
  /** adds the parts up; fails above maxRejected. `alone`: of an interval of one part, which it validates before */
  validate(input: StepRef & { extracted: ObjectRef; alone?: true }): Promise<Validated>;
  parquet(input: StepRef & { entity: string; validated: ObjectRef }): Promise<Encoded>;
  copy(input: StepRef & { entity: string; encoded: ObjectRef; resume?: unknown }): Promise<Loaded>;
  /** whether what the run waits for is there: its marker or objects, and the intervals of other pipelines */
  ready(input: StepRef & ReadyInput): Promise<{ missing?: string; found: string }>;
  /** the ledger's rows of a run that ended; whether it made up for one that failed */
  close(input: CloseInput): Promise<{ recovered: boolean }>;
  /** where a failure of a pipeline's run goes when the run has no plan */
  alertChannels(input: { pipeline: string }): Promise<AlertChannel[]>;
  /** one alert on one channel */
  sendAlert(input: { alert: Alert; channel: AlertChannel }): Promise<void>;
  /** names of the pipelines that the watch looks at, one after the other */
  watchedPipelines(): Promise<{ pipelines: string[] }>;
  /** what is late, missing or not settled of one pipeline; nothing while its schedule is off */
  lookAt(input: { pipeline: string }): Promise<{ counts?: LookCounts; news?: Noticed }>;
  /** people know that these are late */
  noteLate(input: { pipeline: string; late: ObjectRef }): Promise<void>;
  /** at most so many intervals of a list that begin at or after `from`, and fewer where a payload would not hold them */
  listedIntervals(input: { list: ObjectRef; from: string; most: number }): Promise<ListedInterval[]>;
  /** starts of the intervals in `[from, to)` that need no run, by the ledger; by the source too where runs would extract */
  loadedIntervals(input: {
    pipeline: string;
    from: string;
    to: string;
    reprocess?: Reprocess;
    extracts?: boolean;
  }): Promise<string[]>;
  /** starts the run of one interval, or attaches to it, and waits for its end */
  ensureRun(input: EnsureRunInput): Promise<EnsuredRun>;
  /** pipelines that come after this one, each behind all that it waits for */
  dependents(input: { pipeline: string }): Promise<{ dependents: Dependent[] }>;
  /** loaded intervals of a pipeline that used what ran again of others, as a list in the lake */
  usedIntervals(input: UsedInput): Promise<{ listed?: ListedIntervals; left: string[] }>;
  /** asks runs that are under way to end; those that ended are left alone, and those that began before `since` or by another trigger */
  cancelRuns(input: { runs: string[]; trigger?: Trigger; since?: string }): Promise<void>;
  /** tells the target's shared builds that a run waits for its models */
  needBuild(input: { target: string; need: DbtNeed }): Promise<void>;
  /** asks for a slot of a pool, or says that the run still holds it; where it is in the queue, undefined when it is not */
  askForSlot(input: { pool: NonNullable<Plan['pool']>; claim: Claim; holds?: true }): Promise<{ place?: Place }>;
  /** the intervals that make up a table, by ledger and lake, less those of earlier rounds; the first round makes room for them */
  rebuildPlan(input: RebuildStep): Promise<RebuildRound>;
  /** where an interval's files come from */
  rebuildInterval(input: { manifest: ObjectRef; at: number }): Promise<RebuildInterval>;
  /** files of some intervals into the new table; again, it is the same */
  rebuildCopy(input: RebuildStep & { found: RebuildRound; from: number; to: number }): Promise<void>;
  /** the new table's rows for the old one's, in one transaction; false when the ledger has grown meanwhile */
  rebuildSwap(input: RebuildStep & { found: RebuildRound }): Promise<{ isSwapped: boolean; rows: number }>;
  /** the new table of a rebuild that failed goes */
  rebuildDrop(input: RebuildStep): Promise<void>;
  /** which of these selections can be built beside those under way, in at most so many builds: places in `wanted`, by build */
  arrangeBuilds(input: {
    building: DbtSelection[];
    /** in the order in which they came */
    wanted: (DbtSelection & { fullRefresh?: boolean })[];
    most: number;
  }): Promise<{ builds: number[][] }>;
  /** one build of what the selections mean together; results by `selectionKey` */
  dbtBuild(input: {
    buildId: string;
    selections: DbtSelection[];
    fullRefresh?: boolean;
  }): Promise<{ bySelect: Record<string, DbtResult>; total: DbtResult; artifacts: string }>;
}

/** a step as its room does it, once its plan has been read */
export type Step<Name extends keyof Activities> = (
  input: Omit<Parameters<Activities[Name]>[0], 'plan'> & StepInput,
) => ReturnType<Activities[Name]>;
type PlannedStep =
  'taskBefore' | 'taskAfter' | 'extract' | 'extractRange' | 'validatePart' | 'validate' | 'parquet' | 'copy' | 'ready';
export type Steps = { [Name in PlannedStep]: Step<Name> };

export interface ReadyInput {
  /** what is not there is a failure, so that the server looks again by itself */
  fails?: true;
  /** a part of what the run waits for */
  only?: 'upstream' | 'source';
}

export interface CloseInput {
  run: RunRef;
  /** absent when it could not be made */
  plan?: ObjectRef;
  /** of the plan; from the run's input, when it could not be made */
  params?: Params;
  dueAt: string;
  startedAt: string;
  finishedAt: string;
  status: RunStatus;
  late: boolean;
  failures: Failure[];
  steps?: StepOutcome[];
  extracted?: Extracted;
  counts?: RecordCounts;
}

export interface RebuildStep {
  /** of the rebuild */
  run: Pick<RunRef, 'pipeline' | 'runId'>;
  entity: string;
  round: number;
}

/** how many intervals of a pipeline are late, missing or not settled */
export interface LookCounts {
  late: number;
  missing: number;
  unsettled: number;
}

export interface EnsureRunInput {
  run: RunInput & { interval: Interval };
  reprocess: Reprocess;
  /** ISO: a run that began at or after this time is the caller's own, also when it has ended */
  since: string;
  /** another run, with the params of the newest one; the end of one that began earlier is waited for first */
  again?: true;
}

interface UsedInput {
  pipeline: string;
  /** pipelines that ran again */
  upstream: string[];
  /** of their intervals; those whose newest run ended before `since` did not run again */
  from: string;
  to: string;
  since: string;
}

export type EnsuredRun =
  | { status: 'completed' | 'loaded earlier'; run: string }
  /** `cause`: type of the error, absent where it is not known */
  | { status: 'failed' | 'parked'; run: string; error: string; cause?: string };
