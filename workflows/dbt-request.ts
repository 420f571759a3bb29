import { ApplicationFailure } from '@temporalio/workflow';
import type { DbtRequestInput, DbtResult } from '../model/dbt.js';
import { askForBuild } from './ask-for-build.js';

/** a build asked for by hand: waits its turn in the target's shared builds */
export async function dbtRequest({ dbtTarget, ...wanted }: DbtRequestInput): Promise<DbtResult> {
  const answer = await askForBuild(dbtTarget, wanted);
  if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
  return answer.result;
}
