import type { Params } from './params.js';
import type { StepOutcome } from './step-outcome.js';
import type { RunWord } from './run-statuses.js';

/** one run, as the ledger or Temporal tells it */
export interface RunRow {
  run: string;
  runId: string;
  pipeline: string | null;
  /** start of its interval, ISO */
  interval: string | null;
  status: RunWord | 'timed out';
  trigger: string | null;
  /** where it is, or what failed */
  step: string | null;
  loaded: number | null;
  rejected: number | null;
  late: boolean;
  params: Params | null;
  startedAt: string;
  finishedAt: string | null;
  /** absent in the ledger of earlier versions, and while it runs */
  steps?: StepOutcome[];
}

export interface Wanted {
  pipeline?: string | undefined;
  /** only runs of these */
  pipelines?: string[] | undefined;
  status?: RunWord | undefined;
  /** of the interval's start, ISO; `to` is not included */
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
}
