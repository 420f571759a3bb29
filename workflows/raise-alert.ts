import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { alertId, type Alert } from '../model/alert.js';
import type { Audience } from '../model/policy.js';
import type { alert as alertWorkflow } from './alert.js';

/** starts the alert's own workflow, which outlives this one */
export async function raiseAlert(about: Alert, audience: Partial<Audience> = {}): Promise<void> {
  const { alerts, owner, tags } = audience;
  const channels = alerts?.[about.kind] ?? [];
  if (channels.length === 0) return;
  const alert = { ...about, ...(owner && { owner }), ...(tags && { tags }) };
  try {
    await startChild<typeof alertWorkflow>('alert', {
      workflowId: alertId(alert),
      args: [{ alert, channels }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: `${alert.kind}: ${alert.subject}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
