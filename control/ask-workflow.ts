import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { causes, rootMessage } from './explain.js';
import { CommandFailure, exitCodes, refuse } from './failure.js';
import type { Temporal } from './temporal.js';

/** ms in which a worker has to answer */
const patience = 5_000;
/** ms for which an Update is sent again to the execution that continues one that ended */
const handOver = 20_000;
/** every workflow answers it, whatever it does */
const anyQuery = '__temporal_workflow_metadata';
const grpc = { deadlineExceeded: 4, cancelled: 1, failedPrecondition: 9 };

/** a query, which is answered by a worker or by nobody: it leaves nothing behind */
export async function askWorkflow<T>({ client }: Temporal, handle: WorkflowHandle, query: string): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + patience, () => handle.query<T>(query));
  } catch (error) {
    if (!isNobodyThere(error)) throw error;
    throw noWorker(`nobody answers for ${handle.workflowId}`, error);
  }
}

/**
 * an Update of a workflow that is running, only once a worker has answered: one that waits for a worker would be done
 * whenever it comes
 */
export async function updateWorkflow<T>(
  temporal: Temporal,
  handle: WorkflowHandle,
  name: string,
  ...args: [unknown, ...unknown[]]
): Promise<T> {
  const { client } = temporal;
  const id = handle.workflowId;
  await refuseEnded(handle);
  await askWorkflow(temporal, handle, anyQuery);
  // the same, if it is sent again
  const updateId = randomUUID();
  for (const until = Date.now() + handOver; ;) {
    try {
      return await sendUpdate<T>(client, handle, name, { args, updateId });
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isNobodyThere(error)) {
        throw noWorker(`no worker took \`${name}\` of ${id}, which may still be done later`, error);
      }
      if (!isHandedOver(error) || Date.now() > until) {
        if (error instanceof WorkflowUpdateFailedError) refuse(`${id}: ${rootMessage(error)}`);
        throw error;
      }
      await refuseEnded(handle);
      await setTimeout(200);
    }
  }
}

type Sent = { args: [unknown, ...unknown[]]; updateId: string };

async function sendUpdate<T>(client: Client, handle: WorkflowHandle, name: string, sent: Sent): Promise<T> {
  const accepted = await client.withDeadline(Date.now() + patience, () =>
    handle.startUpdate<T, [unknown, ...unknown[]]>(name, { ...sent, waitForStage: 'ACCEPTED' }),
  );
  return accepted.result();
}

async function refuseEnded(handle: WorkflowHandle): Promise<void> {
  const { status } = await handle.describe();
  if (status.name === 'RUNNING') return;
  refuse(`${handle.workflowId} has ended already: ${status.name.toLowerCase().replaceAll('_', ' ')}`);
}

/** it met an execution at its end: the one that continues it takes it */
function isHandedOver(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  return causes(error).some(
    (cause) =>
      (cause as { type?: string }).type === 'AcceptedUpdateCompletedWorkflow' ||
      (cause.code === grpc.failedPrecondition && cause.message.includes('workflow task failure')),
  );
}

function isNobodyThere(error: unknown): boolean {
  return causes(error).some(
    ({ code, message }) =>
      code === grpc.deadlineExceeded ||
      code === grpc.cancelled ||
      (code === grpc.failedPrecondition && message.includes('no poller')),
  );
}

export function noWorker(what: string, cause?: unknown): CommandFailure {
  return new CommandFailure(
    exitCodes.unreachable,
    `${what}: is a worker up? \`npm run worker\`, or \`waterclock doctor\``,
    { cause },
  );
}
