import { ApplicationFailure, isCancellation, log, sleep, workflowInfo } from '@temporalio/workflow';
import { failuresOf, type DbtRequestInput, type DbtResult } from '../model/dbt.js';
import { isOnGrid, type Grid } from '../model/interval.js';
import { askForBuild } from './ask-for-build.js';
import { failureOf } from './failure.js';
import { slot } from './interval-of.js';
import { raiseAlert } from './raise-alert.js';

/** a build asked for by hand or by its schedule: waits its turn in the target's shared builds */
export async function dbtRequest(input: DbtRequestInput): Promise<DbtResult> {
  const { dbtTarget, name, grid, audience, ...wanted } = input;
  if (grid) await untilDue(grid);
  try {
    const answer = await askForBuild(dbtTarget, wanted);
    if ('error' in answer) throw ApplicationFailure.nonRetryable(answer.error.message, answer.error.type);
    const { result } = answer;
    // who asks by hand reads the result; of a schedule's build only a failure is seen
    if (name && result.status === 'failed') throw ApplicationFailure.nonRetryable(failuresOf(result), 'DbtFailed');
    return result;
  } catch (error) {
    if (name && !isCancellation(error)) await raiseFailure(name, error, audience);
    throw error;
  }
}

/** the offset after its point of the grid; a start by hand is off the grid, and begins at once */
async function untilDue(grid: Grid): Promise<void> {
  const at = slot()?.getTime();
  if (at === undefined || !isOnGrid(grid, at)) return;
  const wait = at + grid.offset - Date.now();
  if (wait > 0) await sleep(wait);
}

async function raiseFailure(name: string, error: unknown, audience: DbtRequestInput['audience']): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  const { type, message } = failureOf('dbt', error);
  const about = {
    kind: 'failed' as const,
    pipeline: name,
    subject: workflowId,
    step: 'dbt',
    message: `${type}: ${message}`,
    remedy: `correct the named model or test, then \`waterclock schedule trigger ${name}\``,
    execution: runId,
    workflowId,
    runId,
  };
  await raiseAlert(about, audience).catch((reason: unknown) =>
    log.warn('an alert was not raised', { kind: about.kind, error: String(reason) }),
  );
}
