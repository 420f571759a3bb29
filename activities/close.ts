import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { alertId } from '../model/alert.js';
import { closeRun } from '../warehouse/ledger.js';
import { sweepStage } from '../warehouse/stage-tables.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function close({ warehouse, client }: Dependencies): Activities['close'] {
  return ({ extracted, ...closing }) =>
    alive(async ({ sign, signal }) => {
      const asked = warehouse({ progress: () => sign(), signal });
      await sweepStage(asked, closing.run);
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
      return { recovered: closing.status === 'completed' && (await wasToldAsFailed(client, closing.run.workflowId)) };
    });
}

/** the alert is its own record: nothing else is kept */
async function wasToldAsFailed(client: Client, run: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(alertId({ kind: 'failed', subject: run })).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
