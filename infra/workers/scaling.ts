import { Duration } from 'aws-cdk-lib';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { serviceMetrics } from 'waterclock/facts';
import { serviceMetric } from '../service-metric.js';

/** tasks of work that may wait for each worker */
const waitingPerWorker = 10;

/** more tasks when either is high, fewer when both are low; slowly down, a started step is worth its time */
export function scaleOnBacklog(
  service: FargateService,
  range: { min: number; max: number },
  namespace: string,
  queue: string,
): void {
  const scaling = service.autoScaleTaskCount({ minCapacity: range.min, maxCapacity: range.max });
  const cooldown = { scaleOutCooldown: Duration.minutes(1), scaleInCooldown: Duration.minutes(10) };
  scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70, ...cooldown });
  scaling.scaleToTrackCustomMetric('Backlog', {
    metric: serviceMetric(namespace, serviceMetrics.backlogPerWorker, { statistic: 'Average', queue }),
    targetValue: waitingPerWorker,
    ...cooldown,
  });
}
