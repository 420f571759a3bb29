import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  CancellationScope,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { dbtBuildsId } from '../model/names.js';
import type { DbtAnswer, DbtNeed } from '../model/dbt.js';
import { needBuild } from './activities.js';

export const needSignal = defineSignal<[DbtNeed]>('need');
export const withdrawSignal = defineSignal<[DbtNeed]>('withdraw');
export const builtSignal = defineSignal<[DbtAnswer]>('built');

/** waits for the target's next shared build without holding a slot; asks again in case the builder was lost */
export async function askForBuild(target: string, wanted: Omit<DbtNeed, 'workflowId' | 'runId'>): Promise<DbtAnswer> {
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
