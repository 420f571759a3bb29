import { ApplicationFailure } from '@temporalio/workflow';
import type { DbtRequestInput, DbtResult } from '../model/plan.js';
import { askForBuild } from './ask-for-build.js';

/** a build asked for by hand: waits its turn in the target's shared builds */
export async function dbtRequest({ select, dbtTarget }: DbtRequestInput): Promise<DbtResult> {
  const answer = await askForBuild(dbtTarget, select);
  if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
  return answer.result;
}
