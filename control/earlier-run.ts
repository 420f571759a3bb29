import { defaultPayloadConverter } from '@temporalio/common';
import { WorkflowFailedError, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { attributes } from '../model/attributes.js';
import { intervalEnding } from '../model/interval.js';
import { parseRunName } from '../model/names.js';
import type { RunInput } from '../model/plan.js';
import type { FailedSteps } from '../model/run-result.js';
import { steps, type Step } from '../model/steps.js';
import { keys, ownPartitions, type RunRef } from '../model/keys.js';
import { latestIngestion } from '../warehouse/ledger.js';
import type { Context } from './context.js';
import type { Temporal } from './temporal.js';

/** the latest execution under a run's name */
export interface EarlierRun {
  ref: RunRef;
  /** what it was started with */
  input: RunInput;
  status: 'running' | 'parked' | 'completed' | 'failed' | 'cancelled';
  /** the step to begin with again: the first that failed, else the last that was entered */
  brokeAt: Step | undefined;
}

/** undefined when no run has this name */
export async function earlierRun(temporal: Temporal, run: string): Promise<EarlierRun | undefined> {
  const { client } = temporal;
  const seen = await client.workflow
    .getHandle(run)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
  const named = parseRunName(run);
  if (!seen || seen.type !== 'pipelineRun' || !named) return undefined;
  const input = await startedWith<RunInput>(temporal, run, seen.runId);
  const { pipeline, trigger } = input;
  const interval = input.interval ?? intervalEnding(input.grid, Date.parse(named.end));
  const { runId } = seen;
  const told = seen.typedSearchAttributes.get(attributes.Step);
  const entered = steps.find((step) => step === told);
  const ref: RunRef = { pipeline, interval, workflowId: run, runId, trigger, ...ownPartitions(input.grid) };
  if (seen.status.name === 'RUNNING') {
    return { ref, input, status: told === 'parked' ? 'parked' : 'running', brokeAt: undefined };
  }
  if (seen.status.name === 'COMPLETED') return { ref, input, status: 'completed', brokeAt: undefined };
  const failed = await failedStep(client.workflow.getHandle(run, seen.runId, { followRuns: false }));
  const status = seen.status.name === 'FAILED' ? 'failed' : 'cancelled';
  return { ref, input, status, brokeAt: failed ?? entered ?? 'extract' };
}

/** the input that an execution's history begins with */
export async function startedWith<T>(
  { connection, namespace }: Temporal,
  workflowId: string,
  runId: string,
): Promise<T> {
  const { history } = await connection.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (!payload) throw new Error(`the history of ${workflowId} (run ${runId}) begins without an input`);
  return defaultPayloadConverter.fromPayload<T>(payload);
}

/** the earliest in the order of steps: what comes after it was done without its outcome */
async function failedStep(handle: WorkflowHandle): Promise<Step | undefined> {
  try {
    await handle.result();
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const [details] = (error.cause as { details?: [FailedSteps?] } | undefined)?.details ?? [];
    return steps.find((step) => details?.failedSteps?.includes(step));
  }
}

/** run id whose manifests a retry from `step` reads; undefined when no raw is there */
export async function sourceOf(context: Context, { ref }: EarlierRun): Promise<string | undefined> {
  const store = await context.store();
  const bucket = context.settings().lakeBucket;
  const hasRaw = (runId: string) => store.exists({ bucket, key: keys.step({ ...ref, runId }, 'extract') });
  if (await hasRaw(ref.runId)) return ref.runId;
  // it broke before its raw was there; an earlier one may have come further
  const ingested = await latestIngestion(await context.warehouse(), ref.workflowId);
  return ingested && (await hasRaw(ingested)) ? ingested : undefined;
}
