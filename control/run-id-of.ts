import { WorkflowNotFoundError } from '@temporalio/client';
import type { Context } from './context.js';
import { ledgerRuns } from '../warehouse/ledger-runs.js';

/** run id of an execution under this name, the latest unless one is asked for, by Temporal or, once that has forgotten it, the ledger */
export async function runIdOf(context: Context, run: string, asked?: string): Promise<string | undefined> {
  const { client } = await context.temporal();
  try {
    const seen = await client.workflow.getHandle(run, asked).describe();
    return seen.raw.workflowExecutionInfo?.firstRunId || seen.runId;
  } catch (error) {
    // 3: a run id that is none
    if (!(error instanceof WorkflowNotFoundError) && (error as { code?: unknown }).code !== 3) throw error;
  }
  const [row] = await ledgerRuns(await context.warehouse(), { run, runId: asked, limit: 1 });
  return row?.runId;
}
