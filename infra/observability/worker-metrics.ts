import { Duration } from 'aws-cdk-lib';
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { serviceMetrics } from 'waterclock/facts';
import { serviceMetric } from '../service-metric.js';

export const workersOf = (namespace: string, queue: string): Metric =>
  serviceMetric(namespace, serviceMetrics.workers, { statistic: 'Maximum', queue });

/** one where none is wanted: workers on demand are away most of the time, by design */
export const workersWhereWanted = (namespace: string, queue: string): MathExpression =>
  new MathExpression({
    expression: 'IF(wanted > 0, workers, 1)',
    usingMetrics: {
      wanted: serviceMetric(namespace, serviceMetrics.wanted, { statistic: 'Minimum' }),
      workers: workersOf(namespace, queue),
    },
    period: Duration.minutes(1),
    label: queue,
  });
