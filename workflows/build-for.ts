import { ActivityCancellationType, getExternalWorkflowHandle } from '@temporalio/workflow';
import { selectionKey, type DbtAnswer, type DbtNeed } from '../model/dbt.js';
import { limitsOf } from './activities.js';
import { selectionOf } from './arranged-needs.js';
import { builtSignal } from './ask-for-build.js';
import { failureOf } from './failure.js';
import { route } from './route.js';
import { mayMend } from './tries.js';

/** one build of what these need together; the answer to each of them */
export async function buildFor(
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
    return () => ({ error: { type, message, ...mends, took } });
  }
}

/** once: each that waits asks again by itself, as its own definition says */
function buildingFor(plan: { heartbeatTimeout: number }, taken: DbtNeed[]) {
  const retry = { maximumAttempts: 1 };
  // a builder that is cancelled ends after dbt has: by itself the SDK does not wait
  const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
  return route({ ...limitsOf(plan), ...longest(taken), retry, cancellationType });
}

/** nobody's build is cut for one who would wait for less */
function longest(taken: DbtNeed[]): { startToCloseTimeout?: number } {
  const given = taken.flatMap(({ timeout }) => timeout ?? []);
  return given.length === taken.length ? { startToCloseTimeout: Math.max(...given) } : {};
}

export async function answer({ workflowId, runId }: DbtNeed, given: DbtAnswer): Promise<void> {
  // one that ended meanwhile needs no answer
  await getExternalWorkflowHandle(workflowId, runId)
    .signal(builtSignal, given)
    .catch(() => undefined);
}
