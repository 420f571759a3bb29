import { serviceMetrics } from '../../model/service-metrics.js';
import type { Temporal } from '../temporal.js';
import type { Measure } from './measured.js';

/** Temporal's numbers of the two kinds of tasks that wait in one queue: workflow and activity */
const kinds = [1, 2] as const;

/** what waits in a queue, and who polls it; a worker that is gone is still named for five minutes */
export async function measureQueue({ connection, namespace }: Temporal, queue: string): Promise<Measure[]> {
  const seen = await Promise.all(
    kinds.map((taskQueueType) =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: queue },
        taskQueueType,
        reportStats: true,
      }),
    ),
  );
  const backlog = seen.reduce((sum, { stats }) => sum + Number(stats?.approximateBacklogCount ?? 0), 0);
  const workers = new Set(seen.flatMap(({ pollers }) => (pollers ?? []).map(({ identity }) => identity))).size;
  return [
    { metric: serviceMetrics.backlog, value: backlog, queue },
    { metric: serviceMetrics.backlogPerWorker, value: backlog / Math.max(1, workers), queue },
    { metric: serviceMetrics.workers, value: workers, queue },
  ];
}
