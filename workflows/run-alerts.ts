import { patched } from '@temporalio/workflow';
import { remedyFor } from '../model/errors.js';
import type { RunRef } from '../model/keys.js';
import type { Failure, Plan } from '../model/plan.js';
import type { AlertKind } from '../model/policy.js';
import { raiseAlert } from './raise-alert.js';

/** alerts of one run, told as its definition says */
export function runAlerts({ pipeline, interval, workflowId, runId }: RunRef, { policy }: Plan) {
  async function raise(kind: AlertKind, message: string, remedy?: string, step?: string): Promise<void> {
    if (!policy || !patched('alerts')) return;
    const about = { kind, pipeline, subject: workflowId, interval, message, workflowId, runId };
    await raiseAlert({ ...about, ...(step && { step }), ...(remedy && { remedy }) }, policy);
  }
  return {
    raise,
    raiseFailure: ({ step, entity, type, message }: Failure, remedy = remedyFor(type)) =>
      raise('failed', `${type}: ${message}`, remedy, entity ? `${step} ${entity}` : step),
  };
}
