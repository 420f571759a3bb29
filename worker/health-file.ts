import { rename, writeFile } from 'node:fs/promises';
import type { Connection } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';

export interface Health {
  at: string;
  queues: QueueHealth[];
}

/** of the worker of one task queue */
export interface QueueHealth {
  queue: string;
  state: string;
  inFlight: number;
  /** kinds of task that the server has not seen this worker ask for lately; absent: the server did not answer */
  notPolled?: string[];
}

const every = 10_000;
/** a long poll lasts a minute */
const polledWithin = 120_000;
const taskQueueTypes = { workflow: 1, activity: 2 } as const;
type Kind = keyof typeof taskQueueTypes;

/** notes every ten seconds how the workers of this process are; a main thread that is blocked or dead leaves the note to grow old */
export function keepHealthFile(file: string, workers: Worker[], connection: Connection): () => void {
  const note = async () => {
    const queues = await Promise.all(workers.map((worker) => healthOf(worker, connection)));
    const health: Health = { at: new Date().toISOString(), queues };
    await writeFile(`${file}.new`, JSON.stringify(health));
    await rename(`${file}.new`, file);
  };
  const noteAgain = () => {
    note().catch((error: Error) => process.stderr.write(`health file ${file}: ${error.message}\n`));
  };
  const timer = setInterval(noteAgain, every);
  // the first polls are on their way by then
  const first = setTimeout(noteAgain, 1_000);
  return () => {
    clearInterval(timer);
    clearTimeout(first);
  };
}

async function healthOf(worker: Worker, connection: Connection): Promise<QueueHealth> {
  const { runState, numInFlightActivities, numInFlightWorkflowActivations } = worker.getStatus();
  const notPolled = await unpolled(worker, connection).catch(() => undefined);
  return {
    queue: worker.options.taskQueue,
    state: runState,
    inFlight: numInFlightActivities + numInFlightWorkflowActivations,
    ...(notPolled && { notPolled }),
  };
}

async function unpolled({ options }: Worker, connection: Connection): Promise<string[]> {
  const { namespace, taskQueue, identity } = options;
  const isPolled = async (kind: Kind) => {
    const { pollers } = await connection.withDeadline(Date.now() + 5_000, () =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: taskQueueTypes[kind],
      }),
    );
    return (pollers ?? []).some(
      (poller) =>
        poller.identity === identity && Number(poller.lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - polledWithin,
    );
  };
  const takesWorkflows = options.workflowBundle !== undefined || options.workflowsPath !== undefined;
  const kinds: Kind[] = takesWorkflows ? ['workflow', 'activity'] : ['activity'];
  const polled = await Promise.all(kinds.map(isPolled));
  return kinds.filter((_, at) => !polled[at]);
}
