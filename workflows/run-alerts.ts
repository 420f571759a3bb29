import { log } from '@temporalio/workflow';
import { remedyFor } from '../model/errors.js';
import type { RunRef } from '../model/keys.js';
import type { Failure } from '../model/run-result.js';
import type { AlertKind, Policy } from '../model/policy.js';
import { raiseAlert } from './raise-alert.js';
import type { Pass } from './restart-at-reset.js';

/** alerts of one run, on the channels of its definition; what becomes of them never changes the run */
export function runAlerts(
  { pipeline, interval, workflowId, runId }: RunRef,
  policy: Pick<Policy, 'alerts'> | undefined,
  pass: Pass,
) {
  /** `again`: how often the execution has raised this kind before, where each time is worth an alert */
  async function raise(kind: AlertKind, message: string, remedy?: string, step?: string, again = 0): Promise<void> {
    if (pass.isOver() || !policy) return;
    const about = { kind, pipeline, subject: workflowId, interval, message, workflowId, runId };
    // the watch raises it too, whether or not there is a run
    const isOfInterval = kind === 'late';
    const execution = isOfInterval ? {} : { execution: again > 0 ? `${pass.id}-${again}` : pass.id };
    const alert = { ...about, ...execution, ...(step && { step }), ...(remedy && { remedy }) };
    await raiseAlert(alert, policy).catch((error: unknown) =>
      log.warn('an alert was not raised', { kind, error: String(error) }),
    );
  }
  return {
    raise,
    raiseFailure: ({ step, entity, type, message }: Failure, remedy = remedyFor(type), again = 0) =>
      raise('failed', `${type}: ${message}`, remedy, entity ? `${step} ${entity}` : step, again),
  };
}
