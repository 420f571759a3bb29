import type { Interval } from '../model/interval.js';
import { runName } from '../model/names.js';
import type { StepOutcome } from '../model/step-outcome.js';
import { stepFacts, steps as order, type Step } from '../model/steps.js';
import type { RunRow } from '../model/run-row.js';

/** `untold`: the ledger of an earlier version kept no steps; `none`: not begun, or not asked for */
export type CellState = StepOutcome['state'] | 'untold' | 'none';

type TaskStepName = 'before' | 'after';
/** those before and after only where a run had tasks */
type CellStates = Record<Exclude<Step, TaskStepName>, CellState> & Partial<Record<TaskStepName, CellState>>;

export interface GridColumn {
  interval: Interval;
  run: string;
  /** `no run`: nothing ran for it */
  status: RunRow['status'] | 'no run';
  runId: string | null;
  trigger: string | null;
  late: boolean;
  /** what failed, with its entity */
  failed: string | null;
  steps: CellStates;
  /** how many notes its runs have */
  notes: number;
}

/** the newest run of each interval, by step */
export function gridOf(
  pipeline: string,
  intervals: Interval[],
  rows: RunRow[],
  noted: Map<string, number> = new Map(),
): GridColumn[] {
  const newest = new Map<string, RunRow>();
  for (const row of rows) {
    const seen = row.interval === null ? undefined : newest.get(row.interval);
    if (row.interval !== null && (!seen || seen.startedAt < row.startedAt)) newest.set(row.interval, row);
  }
  return intervals.map((interval) => {
    const row = newest.get(interval.start);
    const run = runName(pipeline, interval);
    const notes = noted.get(run) ?? 0;
    if (!row) {
      const nothing = { runId: null, trigger: null, late: false, failed: null, steps: none() };
      return { interval, run, status: 'no run', ...nothing, notes };
    }
    const steps = row.steps ? statesOf(row.steps) : derived(row);
    const { status, runId, trigger, late } = row;
    return { interval, run, status, runId, trigger, late, failed: failedIn(row), steps, notes };
  });
}

/** the worst of a step's entities is shown */
const worstFirst: CellState[] = [
  'failed',
  'parked',
  'waiting',
  'running',
  'skipped',
  'done',
  'reused',
  'untold',
  'none',
];

function statesOf(outcomes: StepOutcome[]): CellStates {
  const states = none();
  for (const { step, state } of outcomes) {
    if (step === 'close') continue;
    // what a run waits for comes before its extract
    const shown = step === 'wait' ? 'extract' : step;
    if (step === 'wait' && state === 'done') continue;
    if (worstFirst.indexOf(state) < worstFirst.indexOf(states[shown] ?? 'none')) states[shown] = state;
  }
  return states;
}

/** of a run that kept no steps: they ran in order, up to the one that is named */
function derived({ status, step }: RunRow): CellStates {
  const states = none();
  if (status === 'completed')
    return { ...states, extract: 'done', validate: 'done', parquet: 'done', copy: 'done', dbt: 'untold' };
  const at = order.findIndex((one) => one === step?.split('.')[0]);
  for (const one of order.slice(0, Math.max(0, at))) if (stepFacts[one].per !== 'task') states[one] = 'done';
  const last = order[at];
  if (last) states[last] = status === 'running' ? 'running' : status === 'partial' ? 'done' : 'failed';
  return states;
}

function failedIn({ steps, step, status }: RunRow): string | null {
  const broken = steps?.filter(({ state }) => state === 'failed' || state === 'parked') ?? [];
  if (broken.length > 0) return broken.map(({ step, entity }) => (entity ? `${step} ${entity}` : step)).join(', ');
  return ['failed', 'parked', 'terminated', 'timed out', 'cancelled'].includes(status)
    ? (step ?? 'before its first step')
    : null;
}

function none(): CellStates {
  return { extract: 'none', validate: 'none', parquet: 'none', copy: 'none', dbt: 'none' };
}
