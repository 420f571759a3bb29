import { setTimeout } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
  type WorkflowHandle,
} from '@temporalio/client';
import { attributes, startAttributes, summaryOf } from '../model/attributes.js';
import { dueAt, iso } from '../model/interval.js';
import { keys } from '../model/keys.js';
import type { Reprocess } from '../model/backfill.js';
import type { Trigger } from '../model/keys.js';
import { runName } from '../model/names.js';
import { satisfies } from '../model/run-status.js';
import { beginsWithRaw } from '../model/steps.js';
import type { Warehouse } from '../warehouse/data-api.js';
import { latestIngestion, newestRun } from '../warehouse/ledger.js';
import { alive } from './alive.js';
import { causeOf } from './cause-of.js';
import type { Dependencies } from './dependencies.js';
import { earlierParams } from './earlier-params.js';
import { lateIntervals } from './late-objects.js';
import type { Activities, EnsuredRun, EnsureRunInput } from './types.js';

/** how often a run is asked whether it waits for a person */
const lookEvery = 10_000;
/** of five; scheduled runs have Temporal's middle one, three */
const lowPriority = 4;

/** asks the ledger whether the interval needs a run, else starts it or attaches to it; a child workflow could not attach */
export function ensureRun(dependencies: Dependencies): Activities['ensureRun'] {
  const { client, store, warehouse, settings, stopping } = dependencies;
  return ({ run: input, reprocess, since, again = false }) =>
    alive(async (alive) => {
      const { sign, signal } = alive;
      const { pipeline, interval, grid } = input;
      const run = runName(pipeline, interval);
      if (dueAt(grid, interval) > Date.now()) {
        return { status: 'failed', run, error: `not due before ${iso(dueAt(grid, interval))}`, cause: 'NotDue' };
      }
      const over = stopping ? AbortSignal.any([signal, stopping]) : signal;
      for (;;) {
        const seen = await newestExecution(client, run);
        const isOwn = seen && isOfThisTime(seen, Date.parse(since));
        if (seen && (seen.status === 'RUNNING' || isOwn)) {
          const end = await waitFor(client, client.workflow.getHandle(run, seen.runId), run, sign, over);
          if (!again || isOwn || end.status === 'parked') return end;
          continue;
        }
        if (seen && isLeft(seen, input.trigger, reprocess)) return { status: 'loaded earlier', run };
        const ledger = warehouse({ progress: () => sign(), signal });
        const newest = await newestRun(ledger, pipeline, interval);
        const isWhole = beginsWithRaw(input.from);
        if (newest && !needsRun(newest.status, reprocess)) {
          const mayBeLate = isWhole && reprocess === 'failed' && newest.status === 'completed';
          const late = await lateIntervals(dependencies, pipeline, mayBeLate ? [newest] : [], alive);
          if (late.size === 0) return { status: 'loaded earlier', run };
        }
        const source = input.source ?? (isWhole ? undefined : await ingested(ledger));
        if (!isWhole && !source)
          return { status: 'failed', run, error: 'it has no raw: run it from extract', cause: 'ManifestMissing' };
        const params = again ? await earlierParams(client, ledger, run, seen?.runId ?? newest?.runId) : undefined;
        const given = { ...input, ...(source && { source }), ...(params && { params }) };
        const started = await start(given, reusePolicy(seen, reprocess));
        if (started) return waitFor(client, started, run, sign, over);
      }

      /** run id of the newest run whose raw is in the lake still */
      async function ingested(ledger: Warehouse): Promise<string | undefined> {
        const runId = await latestIngestion(ledger, run);
        if (!runId) return undefined;
        const key = keys.step({ pipeline, runId }, 'extract');
        return (await store.exists({ bucket: settings.lakeBucket, key })) ? runId : undefined;
      }

      /** undefined when another run of the interval has begun and ended since it was looked for */
      async function start(
        given: EnsureRunInput['run'],
        workflowIdReusePolicy: WorkflowIdReusePolicy,
      ): Promise<WorkflowHandle | undefined> {
        try {
          return await client.workflow.start('pipelineRun', {
            workflowId: run,
            taskQueue: settings.taskQueue,
            args: [given],
            workflowIdReusePolicy,
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
            typedSearchAttributes: startAttributes(given, interval),
            staticSummary: summaryOf(pipeline, interval, given.params),
            priority: { priorityKey: lowPriority },
          });
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
          throw error;
        }
      }
    });
}

/** whether an interval whose newest run ended so is run again */
export function needsRun(status: string, reprocess: EnsureRunInput['reprocess']): boolean {
  if (reprocess === 'none') return false;
  return reprocess === 'completed' || !satisfies(status);
}

/** newest execution of a run's name */
interface Seen {
  status: WorkflowExecutionStatusName;
  runId: string;
  /** epoch ms */
  startTime: number;
  /** absent while it runs */
  closeTime?: number;
}

const isEndedByPerson = ({ status }: Seen) => status === 'TERMINATED' || status === 'CANCELLED';

/** its end is the interval's: it runs, began since, or a person ended it since, maybe while it was waited for */
function isOfThisTime(seen: Seen, since: number): boolean {
  const { startTime, closeTime = 0 } = seen;
  return startTime >= since || (isEndedByPerson(seen) && closeTime >= since);
}

/** what ran is left alone where only what never ran is filled; by the watch also what a person ended since it failed */
function isLeft(seen: Seen, trigger: Trigger, reprocess: Reprocess): boolean {
  return reprocess === 'none' || (trigger === 'watch' && reprocess === 'failed' && isEndedByPerson(seen));
}

/** another run may begin and end between the look and the start: it is taken over no more than what was seen allows */
function reusePolicy(seen: Seen | undefined, reprocess: Reprocess): WorkflowIdReusePolicy {
  if (!seen && reprocess === 'none') return WorkflowIdReusePolicy.REJECT_DUPLICATE;
  return seen?.status === 'COMPLETED'
    ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
    : WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY;
}

async function newestExecution(client: Client, run: string): Promise<Seen | undefined> {
  try {
    const { status, startTime, closeTime, runId } = await client.workflow.getHandle(run).describe();
    return {
      status: status.name,
      startTime: startTime.getTime(),
      runId,
      ...(closeTime && { closeTime: closeTime.getTime() }),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function waitFor(
  client: Client,
  handle: WorkflowHandle,
  run: string,
  sign: () => void,
  signal: AbortSignal,
): Promise<EnsuredRun> {
  const over = new AbortController();
  try {
    return await Promise.race([
      ended(client, handle, run, over.signal),
      parked(handle, run, sign, over.signal),
      aborted(signal, over.signal),
    ]);
  } finally {
    over.abort();
  }
}

/** its call ends with the wait: one that is left would be tried again on a connection that has closed */
async function ended(client: Client, handle: WorkflowHandle, run: string, over: AbortSignal): Promise<EnsuredRun> {
  try {
    await client.withAbortSignal(over, () => handle.result());
    return { status: 'completed', run };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const cause = causeOf(error.cause);
    return { status: 'failed', run, error: error.cause?.message ?? error.message, ...(cause && { cause }) };
  }
}

/** ends only for a run that waits for `waterclock resolve`: whoever waits for it goes on */
async function parked(handle: WorkflowHandle, run: string, sign: () => void, over: AbortSignal): Promise<EnsuredRun> {
  for (;;) {
    await setTimeout(lookEvery, undefined, { signal: over });
    sign();
    const seen = await handle.describe().catch(() => undefined);
    if (seen?.status.name === 'RUNNING' && seen.typedSearchAttributes.get(attributes.Step) === 'parked') {
      const error = `it waits for \`waterclock resolve ${run} retry|skip|fail\``;
      return { status: 'parked', run, error, cause: 'Parked' };
    }
  }
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true, signal: over });
  });
}
