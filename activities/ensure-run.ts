import { WorkflowFailedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { dueAt } from '../model/interval.js';
import { runName } from '../model/names.js';
import type { RunInput } from '../model/plan.js';
import { startAttributes, summaryOf } from '../model/attributes.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

/** asks the ledger whether the interval is loaded, else starts its run or attaches to it; a child workflow could not attach */
export function ensureRun({ client, warehouse, settings }: Dependencies): Activities['ensureRun'] {
  return ({ backfill, interval }) =>
    alive(async ({ sign, signal }) => {
      const { pipeline, grid, params } = backfill;
      const run = runName(pipeline, interval);
      if (dueAt(grid, interval) > Date.now())
        return { status: 'failed', run, error: `not due before ${new Date(dueAt(grid, interval)).toISOString()}` };
      const [ledger] = await warehouse({ progress: () => sign(), signal }).query(
        `SELECT status FROM monitor_db.run_executions_latest WHERE pipeline = :pipeline AND interval_start = CAST(:start AS TIMESTAMP)`,
        { pipeline, start: interval.start.replace('T', ' ').replace('Z', '') },
      );
      if (ledger?.['status'] === 'completed') return { status: 'loaded earlier', run };
      const input: RunInput = {
        pipeline,
        interval,
        grid,
        trigger: 'backfill',
        dbt: backfill.dbt === 'skip' ? 'skip' : 'defer',
        params,
      };
      const handle = await client.workflow.start('pipelineRun', {
        workflowId: run,
        taskQueue: settings.taskQueue,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        typedSearchAttributes: startAttributes(input, interval),
        staticSummary: summaryOf(pipeline, interval),
      });
      const beat = setInterval(sign, 3_000);
      try {
        const cancelled = new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
        );
        await Promise.race([handle.result(), cancelled]);
        return { status: 'completed', run };
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw error;
        return { status: 'failed', run, error: error.cause?.message ?? error.message };
      } finally {
        clearInterval(beat);
      }
    });
}
