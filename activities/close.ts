import { log } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client, type WorkflowExecutionStatusName } from '@temporalio/client';
import { closeRun, statusBefore } from '../warehouse/ledger.js';
import { sweepStage } from '../warehouse/stage-tables.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function close({ warehouse, client }: Dependencies): Activities['close'] {
  return ({ extracted, plan, ...closing }) =>
    alive(async ({ sign, signal }) => {
      const asked = warehouse({ progress: () => sign(), signal });
      const params = plan?.params ?? closing.params;
      await closeRun(asked, {
        ...closing,
        ...(params && { params }),
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
      const mayHaveRecovered = closing.status === 'completed' && plan?.policy?.alerts.recovered?.length !== 0;
      return { recovered: mayHaveRecovered && (await statusBefore(asked, closing.run)) === 'failed' };
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
