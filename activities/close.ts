import { Context, log } from '@temporalio/activity';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { putClosed } from '../lake/closed-runs.js';
import { tellWaiting } from '../lake/tell-waiting.js';
import type { RunRef } from '../model/keys.js';
import { satisfies } from '../model/run-status.js';
import { closeRun } from '../warehouse/ledger.js';
import { sweepStage } from '../warehouse/stage-tables.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { markLeft } from './mark-left.js';
import { statusOf } from './status-of.js';
import type { Activities } from './types.js';

/** ms from one sweep of a pipeline's stage to the next, where runs complete: those leave nothing */
const sweptFor = 6 * 3_600_000;

export function close({ store, settings, warehouse, client, pipelines }: Dependencies): Activities['close'] {
  /** when this process swept a pipeline's stage */
  const swept = new Map<string, number>();
  return ({ extracted, plan, ...closing }) =>
    alive(async ({ sign, signal }) => {
      // in the lake before in the ledger: what looks for loaded intervals need not wake the warehouse, nor wait for it
      const { run, status, finishedAt, ...rest } = closing;
      const { interval, runId, workflowId, trigger, pipeline } = run;
      const detail = { workflowId, trigger, ...rest, ...(extracted && { extracted }) };
      const closed = { ...interval, runId, status, finishedAt };
      const bucket = plan?.bucket ?? settings.lakeBucket;
      await putClosed(store, bucket, pipeline, closed, detail);
      if (satisfies(status)) {
        // those that wait look by themselves too
        await tellWaiting({ client, store, bucket, pipelines }, run, sign).catch((error: unknown) => {
          if (signal.aborted) throw error;
          log.warn('not every run that waits for this one got its signal', { error: String(error) });
        });
      }
      const isFirst = Context.current().info.attempt === 1;
      const asked = warehouse({ progress: () => sign(), listing: () => sign(), signal, isFirst });
      await closeRun(asked, {
        ...closing,
        ...(extracted && {
          extracted: {
            manifest: `s3://${extracted.manifest.bucket}/${extracted.manifest.key}`,
            files: extracted.files,
            bytes: extracted.bytes,
          },
        }),
      });
      if (settings.tagSuperseded && extracted && plan && status !== 'completed')
        await markLeft(store, asked, run, plan, sign).catch((error: unknown) => {
          if (signal.aborted) throw error;
          log.warn('the Parquet files that the run did not load were not tagged', { error: String(error) });
        });
      if (status !== 'completed' || Date.now() - (swept.get(pipeline) ?? 0) > sweptFor) {
        swept.set(pipeline, Date.now());
        // what a sweep leaves, the next one takes: the run has ended as it has
        await sweepStage(asked, run, async (id) => (await statusOf(client, id)) === 'RUNNING').catch(
          (error: unknown) => {
            if (signal.aborted) throw error;
            log.warn('the stage was not swept', { error: String(error) });
          },
        );
      }
      return { recovered: closing.status === 'completed' && (await hasFailedBefore(client, closing.run)) };
    });
}

/** executions of one name that are looked at */
const mostLookedAt = 100;

/** whether the execution of this name before this one failed: each that does raises an alert. It ended long enough ago to be listed */
async function hasFailedBefore(client: Client, { workflowId, runId }: RunRef): Promise<boolean> {
  let newest: WorkflowExecutionInfo | undefined;
  let seen = 0;
  try {
    for await (const one of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
      if (one.runId !== runId && (!newest || one.startTime > newest.startTime)) newest = one;
      if (++seen === mostLookedAt) break;
    }
  } catch (error) {
    log.warn('earlier runs of the interval were not listed', { error: String(error) });
  }
  return newest?.status.name === 'FAILED';
}
