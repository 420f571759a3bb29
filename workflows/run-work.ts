import { isCancellation, sleep } from '@temporalio/workflow';
import type { DbtSelection } from '../model/dbt.js';
import type { RunRef } from '../model/keys.js';
import type { Extracted, RunPlan, RunInput, Validated } from '../model/plan.js';
import type { Failure, RunResult, RunStatus } from '../model/run-result.js';
import { steps, type Step } from '../model/steps.js';
import { StepFailed, type runSteps } from './run-steps.js';
import { stepVerbs } from './step-verbs.js';
import { waitUntilReady } from './wait-until-ready.js';

export interface RunState extends Pick<RunResult, 'counts' | 'entities' | 'late'> {
  failures: Failure[];
  /** a person said to leave a failed step */
  isSkipped: boolean;
  extracted?: Extracted;
  /** why no record was of use */
  unmatched?: string;
  cancelled?: unknown;
}

interface Work {
  input: RunInput;
  run: RunRef;
  plan: RunPlan;
  state: RunState;
  runner: ReturnType<typeof runSteps>;
  /** epoch ms before which nothing is done */
  dueAt: number | undefined;
}

/** the steps, in order; what fails is kept in the state and told at the end */
export async function work(given: Work): Promise<RunStatus> {
  const { input, plan, state, dueAt } = given;
  const isWanted = wantedSteps(input);
  const verbs = stepVerbs({ ...given, keepCounts: (counts) => Object.assign(state, counts) });
  try {
    if (dueAt !== undefined && dueAt > Date.now()) await sleep(dueAt - Date.now());
    if (isWanted('extract')) await waitForOthers(given);
    if (isWanted('before')) for (const name of plan.tasks?.before ?? []) await verbs.before(name);
    showReused(given);

    const extracted = isWanted('extract') ? await verbs.extract() : plan.reuse?.extracted;
    if (!extracted) return 'partial';
    state.extracted = extracted;

    const validated = isWanted('validate') ? await verbs.validate(extracted) : plan.reuse?.validated;
    if (!validated) return 'partial';
    state.counts = validated.counts;
    state.entities = validated.entities;
    if (validated.unmatched) state.unmatched = validated.unmatched;

    const { failed, broken } = await loadEntities(given, validated, verbs, isWanted);
    const isBuildable = failed.length === 0 || failed.length < plan.entities.length;
    if (isBuildable && isWanted('dbt') && input.dbt === 'build' && plan.dbtSelect)
      await verbs.dbt(selectionOf(given, plan.dbtSelect, failed, isWanted('copy')));

    if (broken.length > 0) throw broken[0];
    if (isWanted('after')) for (const name of plan.tasks?.after ?? []) await verbs.after(name);
    if (!isWanted('copy') && !isWanted('dbt') && !isWanted('after')) return 'partial';
    return plan.left ? 'partial' : 'completed';
  } catch (error) {
    if (error instanceof StepFailed) return state.failures.length > 0 ? 'failed' : 'skipped';
    if (!isCancellation(error)) throw error;
    state.cancelled = error;
    return 'cancelled';
  }
}

function wantedSteps({ from = 'before', until = 'after' }: RunInput): (step: Step) => boolean {
  const [first, last] = [steps.indexOf(from), steps.indexOf(until)];
  return (step) => steps.indexOf(step) >= first && steps.indexOf(step) <= last;
}

/** for what the pipeline comes after, for its marker, and for the interval before where its source keeps a state */
async function waitForOthers({ run, plan, runner }: Work): Promise<void> {
  const { policy } = plan;
  if (!policy || (!policy.waitFor && policy.after.length === 0 && !plan.keepsState)) return;
  await runner.doStep(
    'wait',
    (_, tell) => waitUntilReady({ run, plan }, policy, tell),
    (found) => found,
  );
}

function showReused({ plan: { reuse }, runner: { reused } }: Work): void {
  if (reuse?.extracted) reused('extract', reuse.extracted.manifest);
  if (reuse?.validated) reused('validate', reuse.validated.manifest);
}

/** entities are independent: one that fails does not stop the others */
async function loadEntities(
  { plan, state }: Work,
  validated: Validated,
  verbs: ReturnType<typeof stepVerbs>,
  isWanted: (step: Step) => boolean,
) {
  async function loadEntity(entity: string): Promise<void> {
    const encoded = isWanted('parquet') ? await verbs.parquet(entity, validated) : plan.reuse?.encoded?.[entity];
    if (!encoded || !isWanted('copy')) return;
    const { valid, inserted, updated } = await verbs.copy(entity, encoded);
    const rejected = validated.entities[entity]?.rejected ?? 0;
    state.entities[entity] = { valid, rejected, loaded: inserted + updated };
  }
  const settled = await Promise.allSettled(plan.entities.map(loadEntity));
  const broken = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const fatal = broken.find((reason) => !(reason instanceof StepFailed));
  if (fatal) throw fatal;
  const failed = plan.entities.filter((_, at) => settled[at]?.status === 'rejected');
  return { failed, broken };
}

/** what has its inputs: nothing downstream of an entity that failed or was left out */
function selectionOf({ run, plan }: Work, select: string, failed: string[], areLoaded: boolean): DbtSelection {
  const table = (entity: string) => `${run.pipeline}.${entity}`;
  const without = [...failed, ...(plan.left ?? [])].map(table);
  const loaded = plan.entities.filter((name) => !failed.includes(name)).map(table);
  return { select, ...(areLoaded && { loaded }), ...(without.length > 0 && { failed: without }) };
}
