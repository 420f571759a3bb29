import type { BackfillInput } from './backfill.js';
import type { RunInput } from './plan.js';

/** input of the workflow `downstream`: runs of a pipeline ran again, and what used them follows */
export interface DownstreamInput {
  pipeline: string;
  /** ISO; in which the intervals lie that ran again */
  from: string;
  to: string;
  /** ISO; runs of theirs that ended since then are the new ones */
  since: string;
  /** runs of each pipeline at a time */
  maxActive: number;
  dbt: RunInput['dbt'];
}

/** a pipeline that comes after another one, as what makes its runs again needs it */
export type Dependent = Pick<
  BackfillInput,
  'pipeline' | 'grid' | 'dbtSelect' | 'dbtTarget' | 'heartbeatTimeout' | 'alerts' | 'owner' | 'tags'
> & {
  /** the pipelines among those that run again which it waits for */
  after: string[];
};

/** what became of one pipeline */
export interface FollowedPipeline {
  pipeline: string;
  status: 'waiting' | 'running' | 'completed' | 'failed' | 'nothing to do';
  /** of the backfill that makes its runs again */
  backfill?: string;
  /** intervals */
  total: number;
  succeeded: number;
  failedCount: number;
  /** which intervals do not run again although they used it, and why */
  left: string[];
  error?: string;
}

/** result of `downstream`, and of its query `progress` while it works; in order of dependency */
export interface DownstreamResult {
  pipelines: FollowedPipeline[];
}
