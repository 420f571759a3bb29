import type { Stack } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, GraphWidget, type Alarm, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { serviceMetrics, taskQueues } from 'waterclock/facts';
import { serviceMetric } from '../service-metric.js';
import { taskQueue } from '../task-queue.js';
import { failedQueries, queuedQueries, usedCapacity } from './warehouse-metrics.js';

/** what is wrong, then why: runs, queues and workers, warehouse */
export function makeDashboard(
  stack: Stack,
  environment: string,
  namespace: string,
  workgroup: string,
  alarms: Alarm[],
): Dashboard {
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8, height: 6 });
  const { failed, late, gaps, rejected, watched, backlog, workers } = serviceMetrics;
  const queues = taskQueues(taskQueue);
  return new Dashboard(stack, 'Dashboard', {
    dashboardName: `waterclock-${environment}`,
    widgets: [
      [new AlarmStatusWidget({ title: 'alarms', alarms, width: 24, height: 4 })],
      [
        graph(
          'runs that failed, were late, had rejected records',
          [failed, rejected]
            .map((name) => serviceMetric(namespace, name, { statistic: 'Sum', minutes: 5 }))
            .concat(serviceMetric(namespace, late, { statistic: 'Maximum', minutes: 5 })),
        ),
        graph(
          'tasks that wait, by queue',
          queues.map((queue) => serviceMetric(namespace, backlog, { statistic: 'Maximum', queue })),
        ),
        graph(
          'workers, by queue',
          queues.map((queue) => serviceMetric(namespace, workers, { statistic: 'Minimum', queue })),
        ),
      ],
      [
        graph(
          'runs of the watch, gaps filled',
          [watched, gaps].map((name) => serviceMetric(namespace, name, { statistic: 'Sum', minutes: 15 })),
        ),
        graph('statements in Redshift that queue or failed', [queuedQueries(workgroup), failedQueries(workgroup)]),
        graph('capacity of Redshift (RPU)', [usedCapacity(workgroup)]),
      ],
    ],
  });
}
