import { ApplicationFailure, isCancellation, patched, sleep } from '@temporalio/workflow';
import { failuresOf, type DbtSelection } from '../model/dbt.js';
import type { RunRef } from '../model/keys.js';
import {
  steps as order,
  type Extracted,
  type Failure,
  type Loaded,
  type Plan,
  type RefusedCounts,
  type RunInput,
  type RunResult,
  type RunStatus,
  type Step,
  type Validated,
} from '../model/plan.js';
import { tryingOf } from './activities.js';
import { askForBuild, type Asking } from './ask-for-build.js';
import { extractAll } from './extract-all.js';
import { inSlot } from './in-slot.js';
import { pool } from '../model/pool.js';
import { applicationFailureOf } from './tries.js';
import { StepFailed, type runSteps } from './run-steps.js';
import { waitUntilReady } from './wait-until-ready.js';

/** parts of one run that are validated at once, over all workers */
const activeParts = 8;
/** of the activities that validate: of more parts than these, each takes several, so that history stays small */
const mostCalls = 500;

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
  plan: Plan;
  state: RunState;
  runner: ReturnType<typeof runSteps>;
  /** epoch ms before which nothing is done */
  dueAt: number | undefined;
}

/** the steps, in order; what fails is kept in the state and told at the end */
export async function work({ input, run, plan, state, runner, dueAt }: Work): Promise<RunStatus> {
  const { doStep, reused } = runner;
  const given = { run, plan };
  const isWanted = (step: Step) =>
    order.indexOf(step) >= order.indexOf(input.from ?? 'extract') &&
    order.indexOf(step) <= order.indexOf(input.until ?? 'dbt');

  async function loaded(entity: string, validated: Validated): Promise<Loaded | undefined> {
    const encoded = isWanted('parquet')
      ? await doStep(
          'parquet',
          (activities) => activities.parquet({ ...given, entity, validated: validated.manifest }),
          ({ rows, files }) => `${rows} rows, ${files} files`,
          entity,
        )
      : plan.reuse?.encoded?.[entity];
    if (!encoded || !isWanted('copy')) return undefined;
    const done = await doStep(
      'copy',
      (activities) => activities.copy({ ...given, entity, encoded: encoded.manifest }),
      tellLoad,
      entity,
    );
    const rejected = validated.entities[entity]?.rejected ?? 0;
    state.entities[entity] = { valid: done.valid, rejected, loaded: done.inserted + done.updated };
    return done;
  }

  try {
    if (dueAt !== undefined && dueAt > Date.now()) await sleep(dueAt - Date.now());
    const { policy } = plan;
    if (policy && isWanted('extract') && (policy.waitFor || policy.after.length > 0)) {
      await doStep(
        'wait',
        (activities, tell) => waitUntilReady(activities, given, policy, tell),
        (found) => found,
      );
    }
    if (plan.reuse?.extracted) reused('extract', plan.reuse.extracted.manifest);
    if (plan.reuse?.validated) reused('validate', plan.reuse.validated.manifest);
    const extracted = isWanted('extract')
      ? await doStep(
          'extract',
          (activities) => inSlot(plan.pool, runner.waitingFor('extract'), () => extractAll(activities, given)),
          ({ files, bytes }) => `${files} ${files === 1 ? 'file' : 'files'}, ${bytes} bytes`,
        )
      : plan.reuse?.extracted;
    if (!extracted) return 'partial';
    state.extracted = extracted;
    const checked = isWanted('validate')
      ? await doStep(
          'validate',
          async (activities) => {
            const count = Math.ceil(extracted.parts / mostCalls) || 1;
            const firsts = Array.from({ length: Math.ceil(extracted.parts / count) }, (_, call) => call * count);
            const settled = await pool(firsts, activeParts, (part) =>
              activities.validatePart({
                ...given,
                extracted: extracted.manifest,
                part,
                ...(count > 1 && { count }),
              }),
            );
            const broken = settled.find((result) => result.status === 'rejected');
            if (broken) throw broken.reason;
            return activities.validate({ ...given, extracted: extracted.manifest }).catch((error: unknown) => {
              Object.assign(state, refusedCounts(error));
              throw error;
            });
          },
          tellCounts,
        )
      : plan.reuse?.validated;
    if (!checked) return 'partial';
    state.counts = checked.counts;
    state.entities = checked.entities;
    if (checked.unmatched) state.unmatched = checked.unmatched;
    // entities are independent: one that fails does not stop the others
    const settled = await Promise.allSettled(plan.entities.map((entity) => loaded(entity.name, checked)));
    const broken = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const fatal = broken.find((reason) => !(reason instanceof StepFailed));
    if (fatal) throw fatal;
    const failed = plan.entities.filter((_, at) => settled[at]?.status === 'rejected').map(({ name }) => name);
    const isAnyLoaded = failed.length < plan.entities.length;
    // runs of earlier versions built nothing once an entity had failed
    const mayBuild = failed.length === 0 || (isAnyLoaded && patched('build-what-has-its-inputs'));
    if (mayBuild && isWanted('dbt') && input.dbt === 'build' && plan.dbtSelect) {
      const table = (entity: string) => `${run.pipeline}.${entity}`;
      const without = [...failed, ...(plan.left ?? [])].map(table);
      const loaded = plan.entities.filter(({ name }) => !failed.includes(name)).map(({ name }) => table(name));
      const wanted = {
        select: plan.dbtSelect,
        ...(isWanted('copy') && { loaded }),
        ...(without.length > 0 && { failed: without }),
      };
      await doStep(
        'dbt',
        () => built(plan, wanted, runner.budget),
        ({ ok }) => (ok > 0 ? `${ok} ok` : 'nothing to build'),
      );
    }
    if (broken.length > 0) throw broken[0];
    if (!isWanted('copy') && !isWanted('dbt')) return 'partial';
    return plan.left ? 'partial' : 'completed';
  } catch (error) {
    if (error instanceof StepFailed) return state.failures.length > 0 ? 'failed' : 'skipped';
    if (!isCancellation(error)) throw error;
    state.cancelled = error;
    return 'cancelled';
  }
}

/** what a validation that failed had counted */
function refusedCounts(error: unknown): Partial<RefusedCounts> {
  const [details] = (applicationFailureOf(error)?.details ?? []) as [Partial<RefusedCounts>?];
  return details?.counts && details.entities ? { counts: details.counts, entities: details.entities } : {};
}

async function built({ dbtTarget, policy }: Plan, wanted: DbtSelection, budget: Asking['budget']) {
  const given = policy?.retries.dbt;
  const asked = { ...wanted, ...(given && { timeout: given.timeout }) };
  const answer = await askForBuild(dbtTarget, asked, { trying: tryingOf(given, budget), budget });
  if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
  const { result } = answer;
  if (result.status === 'success') return result;
  throw ApplicationFailure.nonRetryable(failuresOf(result), 'DbtFailed');
}

function tellCounts({ counts, entities, drift = {}, unmatched }: Validated): string {
  const rejected = Object.values(entities).reduce((sum, entity) => sum + entity.rejected, counts.unparseable);
  const drifted = Object.entries(drift).map(([entity, fields]) => `; fields of ${entity}: ${fields}`);
  return `${counts.records} records, ${counts.ignored} ignored, ${counts.dropped} dropped, ${rejected} rejected${unmatched ? `; ${unmatched}` : ''}${drifted.join('')}`;
}

function tellLoad({ outcome, inserted, updated, deleted }: Loaded): string {
  return `${outcome}: ${inserted} inserted, ${updated} updated, ${deleted} deleted`;
}
