import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Params } from '../model/params.js';
import type { RunInput } from '../model/plan.js';
import type { Warehouse } from '../warehouse/data-api.js';
import { paramsOfRun } from '../warehouse/ledger.js';

/** what an execution was given: by its history, and by the ledger once Temporal has forgotten it */
export async function earlierParams(
  { workflowService, options: { namespace } }: Client,
  ledger: Warehouse,
  workflowId: string,
  runId: string | undefined,
): Promise<Params | undefined> {
  if (runId === undefined) return undefined;
  try {
    const { history } = await workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    if (payload) return defaultPayloadConverter.fromPayload<RunInput>(payload).params;
  } catch (error) {
    // 5: not found, 3: a run id that is none, of what was written by hand
    const { code } = error as { code?: unknown };
    if (!(error instanceof WorkflowNotFoundError) && code !== 5 && code !== 3) throw error;
  }
  return paramsOfRun(ledger, runId);
}
