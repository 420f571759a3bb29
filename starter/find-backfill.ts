import type { WorkflowHandle } from '@temporalio/client';
import type { Context } from './context.js';
import { refuse } from './failure.js';

/** the backfill of this id, or the pipeline's one that runs */
export async function findBackfill(context: Context, idOrPipeline: string): Promise<WorkflowHandle> {
  const { client } = await context.temporal();
  if (idOrPipeline.startsWith('backfill-')) {
    const { WorkflowNotFoundError } = await import('@temporalio/client');
    const handle = client.workflow.getHandle(idOrPipeline);
    await handle.describe().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError)
        refuse(`no backfill is named '${idOrPipeline}': see \`waterclock backfill list\``);
      throw error;
    });
    return handle;
  }
  const running: string[] = [];
  const query = `WorkflowType = "backfill" AND ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "backfill-${idOrPipeline.replaceAll('"', '')}-"`;
  for await (const { workflowId } of client.workflow.list({ query })) running.push(workflowId);
  const [only] = running;
  if (!only) refuse(`no backfill of '${idOrPipeline}' is running: see \`waterclock backfill list\``);
  if (running.length > 1)
    refuse(`${running.length} backfills of ${idOrPipeline} are running, name one: ${running.join(', ')}`);
  return client.workflow.getHandle(only);
}
