import { ApplicationFailure } from '@temporalio/workflow';
import { failuresOf, type DbtSelection } from '../model/dbt.js';
import type { RunRef } from '../model/keys.js';
import type { Encoded, Extracted, Loaded, RunPlan, Validated } from '../model/plan.js';
import type { TaskDone } from '../model/task-manifest.js';
import type { RefusedCounts } from '../model/run-result.js';
import type { Step } from '../model/steps.js';
import { tryingOf } from './activities.js';
import { askForBuild, type Asking } from './ask-for-build.js';
import { extractAll } from './extract-all.js';
import { inSlot } from './in-slot.js';
import type { runSteps } from './run-steps.js';
import { applicationFailureOf } from './tries.js';
import { validateParts } from './validate-parts.js';

interface Doing {
  run: RunRef;
  plan: RunPlan;
  runner: ReturnType<typeof runSteps>;
  /** what a validation that failed had counted */
  keepCounts(counts: Partial<RefusedCounts>): void;
}

/** what each step of the table does in a run, and how it says what came of it; a step without its verb does not compile */
export function stepVerbs({ run, plan, runner, keepCounts }: Doing) {
  const { doStep } = runner;
  const given = { run, plan: plan.ref };

  return {
    before: (task: string) => doStep('before', (activities) => activities.taskBefore({ ...given, task }), toldOf, task),
    after: (task: string) => doStep('after', (activities) => activities.taskAfter({ ...given, task }), toldOf, task),
    extract: () =>
      doStep(
        'extract',
        (activities) => inSlot(plan.pool, runner.waitingFor('extract'), () => extractAll(activities, given)),
        ({ files, bytes, told }) =>
          `${files} ${files === 1 ? 'file' : 'files'}, ${bytes} bytes${told ? `; ${told}` : ''}`,
      ),
    validate: (extracted: Extracted) =>
      doStep(
        'validate',
        (activities) =>
          validateParts(activities, given, extracted).catch((error: unknown) => {
            keepCounts(refusedCounts(error));
            throw error;
          }),
        validatedText,
      ),
    parquet: (entity: string, validated: Validated): Promise<Encoded> =>
      doStep(
        'parquet',
        (activities) => activities.parquet({ ...given, entity, validated: validated.manifest }),
        ({ rows, files }) => `${rows} rows, ${files} files`,
        entity,
      ),
    copy: (entity: string, encoded: Encoded): Promise<Loaded> =>
      doStep(
        'copy',
        (activities) => activities.copy({ ...given, entity, encoded: encoded.manifest }),
        loadedText,
        entity,
      ),
    dbt: (wanted: DbtSelection) =>
      doStep(
        'dbt',
        () => buildModels(plan, wanted, runner.budget),
        ({ ok }) => (ok > 0 ? `${ok} ok` : 'nothing to build'),
      ),
  } satisfies Record<Step, (...input: never[]) => Promise<unknown>>;
}

const toldOf = ({ told = '' }: TaskDone) => told;

function refusedCounts(error: unknown): Partial<RefusedCounts> {
  const [details] = (applicationFailureOf(error)?.details ?? []) as [Partial<RefusedCounts>?];
  return details?.counts && details.entities ? { counts: details.counts, entities: details.entities } : {};
}

async function buildModels({ dbtTarget, policy }: RunPlan, wanted: DbtSelection, budget: Asking['budget']) {
  const given = policy?.retries.dbt;
  const asked = { ...wanted, ...(given && { timeout: given.timeout }) };
  const answer = await askForBuild(dbtTarget, asked, { trying: tryingOf(given, budget), budget });
  if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
  const { result } = answer;
  if (result.status === 'success') return result;
  throw ApplicationFailure.nonRetryable(failuresOf(result), 'DbtFailed');
}

function validatedText({ counts, entities, drift = {}, unmatched }: Validated): string {
  const rejected = Object.values(entities).reduce((sum, entity) => sum + entity.rejected, counts.unparseable);
  const drifted = Object.entries(drift).map(([entity, fields]) => `; fields of ${entity}: ${fields}`);
  return `${counts.records} records, ${counts.ignored} ignored, ${counts.dropped} dropped, ${rejected} rejected${unmatched ? `; ${unmatched}` : ''}${drifted.join('')}`;
}

function loadedText({ outcome, inserted, updated, deleted }: Loaded): string {
  return `${outcome}: ${inserted} inserted, ${updated} updated, ${deleted} deleted`;
}
