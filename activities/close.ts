import { log } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client, type WorkflowExecutionStatusName } from '@temporalio/client';
import { alertId } from '../model/alert.js';
import { closeRun } from '../warehouse/ledger.js';
import { sweepStage } from '../warehouse/stage-tables.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function close({ warehouse, client }: Dependencies): Activities['close'] {
  return ({ extracted, ...closing }) =>
    alive(async ({ sign, signal }) => {
      const asked = warehouse({ progress: () => sign(), listing: () => sign(), signal });
      await closeRun(asked, {
        ...closing,
        ...(closing.plan.params && { params: closing.plan.params }),
        ...(extracted && {
          extracted: {
            manifest: `s3://${extracted.manifest.bucket}/${extracted.manifest.key}`,
            files: extracted.files,
            bytes: extracted.bytes,
          },
        }),
      });
      // what a sweep leaves, the next one takes: the run has ended as it has
      await sweepStage(asked, closing.run, async (id) => (await statusOf(client, id)) === 'RUNNING').catch(
        (error: unknown) => {
          if (signal.aborted) throw error;
          log.warn('the stage was not swept', { error: String(error) });
        },
      );
      // the alert is its own record: nothing else is kept
      const wasToldAsFailed = async () =>
        (await statusOf(client, alertId({ kind: 'failed', subject: closing.run.workflowId }))) !== undefined;
      return { recovered: closing.status === 'completed' && (await wasToldAsFailed()) };
    });
}

/** undefined of a workflow that Temporal does not know, or no more */
async function statusOf(client: Client, id: string): Promise<WorkflowExecutionStatusName | undefined> {
  try {
    return (await client.workflow.getHandle(id).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
