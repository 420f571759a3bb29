import { noWorker } from './ask-workflow.js';
import type { Context } from './context.js';

/** Temporal's number of the tasks that workflows wait for */
const workflowTasks = 1;
/** ms: a poll takes 60 seconds, and a worker that is gone is still named for five minutes */
const recent = 90_000;

/**
 * before something is started: a command that waits for its end starts nothing without a worker, any other says that
 * it begins when one comes
 */
export async function needWorker(context: Context, what: string, isWaitedFor: boolean): Promise<void> {
  const { connection, namespace } = await context.temporal();
  const { taskQueue } = context.settings();
  const { pollers } = await connection.withDeadline(Date.now() + 5_000, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: workflowTasks,
    }),
  );
  const since = Date.now() - recent;
  if (pollers?.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since)) return;
  const nobody = `no worker polls the task queue ${taskQueue}`;
  if (isWaitedFor) throw noWorker(`${what} was not started, ${nobody}`);
  context.terminal.say(`${nobody}: ${what} begins when one does`);
}
