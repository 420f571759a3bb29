import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { alertId, type Alert } from '../model/alert.js';
import type { Policy } from '../model/policy.js';
import type { alert as alertWorkflow } from './alert.js';

/** starts the alert's own workflow, which outlives this one */
export async function raiseAlert(alert: Alert, policy: Pick<Policy, 'alerts'> | undefined): Promise<void> {
  const channels = policy?.alerts[alert.kind] ?? [];
  if (channels.length === 0) return;
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
