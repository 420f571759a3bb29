import { taskQueueDimension } from '../../model/service-metrics.js';
import type { Measure } from './measured.js';

/** CloudWatch's embedded metric format: a log line that becomes metrics, so no permission is needed but to log */
export function metricLines(namespace: string, measures: Measure[], at: Date): string[] {
  const queues = [...new Set(measures.map(({ queue }) => queue))];
  return queues.map((queue) => {
    const own = measures.filter((one) => one.queue === queue);
    return JSON.stringify({
      _aws: {
        Timestamp: at.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: namespace,
            Dimensions: [queue === null ? [] : [taskQueueDimension]],
            Metrics: own.map(({ metric }) => ({ Name: metric, Unit: 'Count' })),
          },
        ],
      },
      ...(queue !== null && { [taskQueueDimension]: queue }),
      ...Object.fromEntries(own.map(({ metric, value }) => [metric, value])),
    });
  });
}
