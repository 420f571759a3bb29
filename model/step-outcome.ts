import type { ObjectRef } from './plan.js';
import type { Resolved } from './resolution.js';
import type { Step } from './steps.js';

/** how one step of a run went */
export interface StepOutcome {
  /** `wait`: for what the run needs before it extracts; `close`: only while the ledger does not take the run */
  step: Step | 'wait' | 'close';
  entity?: string;
  /** `waiting`: for a slot of the pipeline's pool */
  state: 'waiting' | 'running' | 'done' | 'reused' | 'parked' | 'failed' | 'skipped';
  /** ISO; absent for what an earlier run did */
  startedAt?: string;
  finishedAt?: string;
  /** counts, or the error, in words */
  told?: string;
  manifest?: ObjectRef;
  /** a person's answers while it was parked, oldest first */
  resolved?: Resolved[];
}
