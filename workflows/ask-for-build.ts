import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  CancellationScope,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { dbtBuildsId } from '../model/names.js';
import type { DbtAnswer, DbtNeed } from '../model/dbt.js';
import { needBuild, tryingOf } from './activities.js';

/** with how many builds of the target a worker allows side by side */
export const needSignal = defineSignal<[DbtNeed, number?]>('need');
export const withdrawSignal = defineSignal<[DbtNeed]>('withdraw');
export const builtSignal = defineSignal<[DbtAnswer]>('built');

type Wanted = Omit<DbtNeed, 'workflowId' | 'runId'>;

/** how long builds that have no outcome are asked for again */
export interface Asking {
  trying: ReturnType<typeof tryingOf>;
  budget?: number | 'unlimited' | undefined;
}

/** more builds than this are asked for so far apart that the history holds weeks of them */
const denseAttempts = 100;
const sparseWait = 15 * 60_000;

/**
 * the answer of a shared build of the target; one without an outcome is asked for again, as this run's definition says,
 * which holds up no other. The budget counts what fails and the waits between, never the wait for one's turn
 */
export async function askForBuild(
  target: string,
  wanted: Wanted,
  { trying, budget }: Asking = { trying: tryingOf(undefined, undefined) },
): Promise<DbtAnswer> {
  const { initialInterval, backoffCoefficient, maximumInterval, maximumAttempts } = trying;
  const most = typeof budget === 'number' ? budget : Infinity;
  let spent = 0;
  for (let attempt = 1, wait = initialInterval; ; attempt++) {
    const answer = await askOnce(target, wanted);
    if (!('error' in answer) || !answer.error.mayMend) return answer;
    // the budget begins when the first has failed
    if (attempt > 1) spent += answer.error.took ?? 0;
    if (attempt >= maximumAttempts || spent >= most) return answer;
    const delay = attempt > denseAttempts ? Math.max(wait, sparseWait) : wait;
    await sleep(delay);
    spent += delay;
    wait = Math.min(wait * backoffCoefficient, maximumInterval);
  }
}

/** waits for the target's next shared build without holding a slot; asks again in case the builder was lost */
async function askOnce(target: string, wanted: Wanted): Promise<DbtAnswer> {
  const { workflowId, runId } = workflowInfo();
  const need = { workflowId, runId, ...wanted };
  let answer: DbtAnswer | undefined;
  setHandler(builtSignal, (told) => void (answer = told));
  try {
    do await needBuild({ target, need });
    while (!(await condition(() => answer !== undefined, '5 minutes')));
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => withdraw(target, need));
    throw error;
  }
  return answer as unknown as DbtAnswer;
}

async function withdraw(target: string, need: DbtNeed): Promise<void> {
  // no builder, nothing to withdraw from
  await getExternalWorkflowHandle(dbtBuildsId(target))
    .signal(withdrawSignal, need)
    .catch(() => undefined);
}
