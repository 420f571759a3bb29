import { log } from '@temporalio/activity';
import type { ObjectStore } from '../lake/object-store.js';
import { alertId } from '../model/alert.js';
import { putClosed } from '../lake/closed-runs.js';
import { closeRun } from '../warehouse/ledger.js';
import { sweepStage } from '../warehouse/stage-tables.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { statusOf } from './status-of.js';
import type { Activities, CloseInput } from './types.js';

export function close({ store, warehouse, client }: Dependencies): Activities['close'] {
  return ({ extracted, ...closing }) =>
    alive(async ({ sign, signal }) => {
      await noteClosed(store, { ...closing, ...(extracted && { extracted }) });
      const asked = warehouse({ progress: () => sign(), signal });
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

/** in the lake before in the ledger: who looks for what loaded need not wake the warehouse, nor wait for it */
async function noteClosed(store: ObjectStore, { run, plan, status, finishedAt, ...rest }: CloseInput): Promise<void> {
  const { interval, runId, workflowId, trigger } = run;
  const closed = { ...interval, runId, status, finishedAt };
  await putClosed(store, plan.lakeBucket, run.pipeline, closed, { workflowId, trigger, ...rest });
}
