import type { Role } from './roles.js';

interface StepFacts {
  /** whose slots its activities take */
  role: Role;
  activities: readonly string[];
  /** what it is done for once */
  per: 'run' | 'entity' | 'task';
}

/** the steps of a run, in order: the one table that workflow, routes, grid, choices of the command, logs and metrics follow */
export const stepFacts = {
  before: { role: 'ingest', activities: ['taskBefore'], per: 'task' },
  extract: { role: 'ingest', activities: ['extract', 'extractRange'], per: 'run' },
  validate: { role: 'ingest', activities: ['validatePart', 'validate'], per: 'run' },
  parquet: { role: 'ingest', activities: ['parquet'], per: 'entity' },
  copy: { role: 'warehouse', activities: ['copy'], per: 'entity' },
  dbt: { role: 'transform', activities: ['dbtBuild'], per: 'run' },
  after: { role: 'ingest', activities: ['taskAfter'], per: 'task' },
} as const satisfies Record<string, StepFacts>;

export type Step = keyof typeof stepFacts;
export type StepActivity = (typeof stepFacts)[Step]['activities'][number];

export const steps = Object.keys(stepFacts) as Step[];

/** every activity of a step -> the step */
export const stepOf = Object.fromEntries(
  steps.flatMap((step) => stepFacts[step].activities.map((activity) => [activity, step])),
) as Record<StepActivity, Step>;

/** whether a run that begins with this step brings its raw itself */
export const beginsWithRaw = (from: Step = 'extract'): boolean => steps.indexOf(from) <= steps.indexOf('extract');
