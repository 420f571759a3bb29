import type { Context } from './context.js';

/** Temporal's number of the tasks that workflows wait for */
const workflowTasks = 1;
/** ms: a poll takes 60 seconds, and a worker that is gone is still named for five minutes */
const recent = 90_000;

/** the workers that have asked for workflow tasks lately */
export async function recentPollers(context: Context): Promise<{ identity?: string | null }[]> {
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
  return (pollers ?? []).filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since);
}
