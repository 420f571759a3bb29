import type { WorkflowHandle } from '@temporalio/client';
import type { Context } from './context.js';
import { refuse } from './failure.js';

/** the backfill or range of retries of this id, or the pipeline's one that runs */
export async function findBackfill(context: Context, idOrPipeline: string): Promise<WorkflowHandle> {
  const { client } = await context.temporal();
  // names of pipelines have no hyphen
  if (idOrPipeline.includes('-')) {
    const { WorkflowNotFoundError } = await import('@temporalio/client');
    const handle = client.workflow.getHandle(idOrPipeline);
    const { type } = await handle.describe().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError)
        refuse(`no backfill is named '${idOrPipeline}': see \`waterclock backfill list\``);
      throw error;
    });
    if (type !== 'backfill') refuse(`${idOrPipeline} is not a backfill: see \`waterclock backfill list\``);
    return handle;
  }
  const running: string[] = [];
  const pipeline = idOrPipeline.replaceAll('"', '');
  const named = ['backfill', 'retry'].map((word) => `WorkflowId STARTS_WITH "${word}-${pipeline}-"`).join(' OR ');
  const query = `WorkflowType = "backfill" AND ExecutionStatus = "Running" AND (${named})`;
  for await (const { workflowId } of client.workflow.list({ query })) running.push(workflowId);
  const [only] = running;
  if (!only) refuse(`no backfill of '${idOrPipeline}' is running: see \`waterclock backfill list\``);
  if (running.length > 1)
    refuse(`${running.length} backfills of ${idOrPipeline} are running, name one: ${running.join(', ')}`);
  return client.workflow.getHandle(only);
}
