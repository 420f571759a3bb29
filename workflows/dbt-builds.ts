import {
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { selectionKey, type DbtAnswer, type DbtNeed, type DbtProgress, type DbtSelection } from '../model/dbt.js';
import { limitsOf, retry as defaultRetry } from './activities.js';
import { builtSignal, needSignal, withdrawSignal } from './ask-for-build.js';
import { buildDetails } from './build-details.js';
import { failureOf } from './failure.js';
import { route } from './route.js';
import { mayMend } from './tries.js';

interface DbtBuildsInput {
  target: string;
  heartbeatTimeout: number;
  needs: DbtNeed[];
}

const progressSignal = defineSignal<[DbtProgress]>('progress');

const keyOf = ({ workflowId, runId }: DbtNeed) => `${workflowId} ${runId}`;

/** one build at a time for a target: takes all that wait, builds the union, tells each the result of its own selection */
export async function dbtBuilds({ target, heartbeatTimeout, needs }: DbtBuildsInput): Promise<void> {
  const waiting = new Map(needs.map((need) => [keyOf(need), need]));
  const building = new Map<string, DbtNeed>();
  const show = (progress?: DbtProgress, told?: string) =>
    setCurrentDetails(buildDetails([...building.values()], [...waiting.values()], progress, told));
  // a need that is being built is asked again by its run every few minutes
  setHandler(needSignal, (need) => {
    if (!building.has(keyOf(need))) waiting.set(keyOf(need), need);
  });
  setHandler(withdrawSignal, (need) => void waiting.delete(keyOf(need)));
  setHandler(progressSignal, (progress) => show(progress));

  for (let count = 0; await condition(() => waiting.size > 0, '10 seconds'); count++) {
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof dbtBuilds>({ target, heartbeatTimeout, needs: [...waiting.values()] });
    }
    const taken = together([...waiting.values()]);
    for (const need of taken) {
      waiting.delete(keyOf(need));
      building.set(keyOf(need), need);
    }
    show();
    const answerTo = await build(`${workflowInfo().runId}-${count}`, taken, heartbeatTimeout);
    building.clear();
    show(undefined, taken.map((need) => tellAnswer(need, answerTo(need))).join('\n'));
    await Promise.all(taken.map((need) => tell(need, answerTo(need))));
  }
}

/** all that wait, or those of the first one's kind: a full refresh is a build of its own */
function together(needs: DbtNeed[]): DbtNeed[] {
  return needs.filter(({ fullRefresh = false }) => fullRefresh === (needs[0]?.fullRefresh ?? false));
}

async function build(
  buildId: string,
  taken: DbtNeed[],
  heartbeatTimeout: number,
): Promise<(need: DbtNeed) => DbtAnswer> {
  const began = Date.now();
  try {
    const distinct = new Map(taken.map((need) => [selectionKey(need), selectionOf(need)]));
    const selections = [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, selection]) => selection);
    const { bySelect, total } = await buildingFor({ heartbeatTimeout }, taken).dbtBuild({
      buildId,
      selects: [...new Set(taken.map((need) => need.select))].sort(),
      selections,
      ...(taken[0]?.fullRefresh && { fullRefresh: true }),
    });
    return (need) => ({ result: bySelect[selectionKey(need)] ?? total });
  } catch (error) {
    const { type, message } = failureOf('dbt', error, undefined, {
      ...limitsOf({ heartbeatTimeout }),
      ...longest(taken),
    });
    const took = Date.now() - began;
    const mends = mayMend(error) && { mayMend: true as const };
    return ({ triesItself }) => ({ error: { type, message, ...(triesItself && { ...mends, took }) } });
  }
}

/** once where all can ask again, each as its own definition says; for runs of earlier versions it is tried here */
function buildingFor(plan: { heartbeatTimeout: number }, taken: DbtNeed[]) {
  const isOnce = taken.every(({ triesItself }) => triesItself);
  const retry = { ...defaultRetry, ...(isOnce && { maximumAttempts: 1 }) };
  return route({ ...limitsOf(plan), ...longest(taken), retry });
}

/** nobody's build is cut for one who would wait for less */
function longest(taken: DbtNeed[]): { startToCloseTimeout?: number } {
  const given = taken.flatMap(({ timeout }) => timeout ?? []);
  return given.length === taken.length ? { startToCloseTimeout: Math.max(...given) } : {};
}

function selectionOf({ select, loaded, failed }: DbtNeed): DbtSelection {
  return { select, ...(loaded && { loaded }), ...(failed && { failed }) };
}

function tellAnswer({ workflowId }: DbtNeed, answer: DbtAnswer): string {
  if ('error' in answer) return `- ${workflowId}: ${answer.error.message}`;
  const { ok, failed, skipped } = answer.result;
  return `- ${workflowId}: ${ok} ok, ${failed} failed, ${skipped} skipped`;
}

async function tell({ workflowId, runId }: DbtNeed, answer: DbtAnswer): Promise<void> {
  // one that ended meanwhile needs no answer
  await getExternalWorkflowHandle(workflowId, runId)
    .signal(builtSignal, answer)
    .catch(() => undefined);
}
