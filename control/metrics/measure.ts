import type { Measure } from './measured.js';
import { serviceMetrics } from '../../model/service-metrics.js';
import { taskQueues } from '../../model/task-queues.js';
import type { Temporal } from '../temporal.js';
import { measureQueue } from './measure-queue.js';

/** numbers about the service, asked of Temporal alone: they are there when no worker is; what ended or started counts from `since` */
export async function measure(temporal: Temporal, taskQueue: string, since: Date): Promise<Measure[]> {
  const [queues, counts] = await Promise.all([
    Promise.all(taskQueues(taskQueue).map((queue) => measureQueue(temporal, queue))),
    Promise.all(
      Object.entries(queries(since.toISOString())).map(async ([metric, query]): Promise<Measure> => {
        const { count } = await temporal.client.workflow.count(query);
        return { metric, value: count, queue: null };
      }),
    ),
  ]);
  return [...queues.flat(), ...counts];
}

/** runs and alerts by Temporal's list filter; an alert is a workflow of its own, so that nothing is told twice */
function queries(since: string): Record<string, string> {
  const alert = (kind: string) => `WorkflowId STARTS_WITH "alert-${kind}-" AND StartTime >= "${since}"`;
  const closed = `WorkflowType = "pipelineRun" AND CloseTime >= "${since}"`;
  const running = 'WorkflowType = "pipelineRun" AND ExecutionStatus = "Running"';
  return {
    [serviceMetrics.failed]: `${closed} AND ExecutionStatus IN ("Failed", "TimedOut", "Terminated")`,
    // a run that is late, and one that never started
    [serviceMetrics.late]: `(${running} AND Late = true) OR (${alert('late')})`,
    [serviceMetrics.gaps]: alert('gap'),
    [serviceMetrics.rejected]: `${closed} AND RowsRejected > 0`,
    [serviceMetrics.watched]: `WorkflowType = "watch" AND ExecutionStatus = "Completed" AND CloseTime >= "${since}"`,
  };
}
