import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { taskQueueDimension, type serviceMetrics } from 'waterclock/facts';
import type { EnvironmentSettings } from './settings.js';

/** namespace of the metrics that `waterclock metrics` tells */
export const metricNamespace = ({ name }: EnvironmentSettings): string => `Waterclock/${name}`;

type MetricName = (typeof serviceMetrics)[keyof typeof serviceMetrics];

interface Options {
  statistic: 'Sum' | 'Average' | 'Minimum' | 'Maximum';
  minutes?: number;
  /** for a metric that is told by task queue */
  queue?: string;
}

export function serviceMetric(
  namespace: string,
  metricName: MetricName,
  { statistic, minutes = 1, queue }: Options,
): Metric {
  return new Metric({
    namespace,
    metricName,
    statistic,
    period: Duration.minutes(minutes),
    ...(queue && { dimensionsMap: { [taskQueueDimension]: queue } }),
  });
}
