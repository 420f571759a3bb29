import type { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { serviceMetrics, taskQueueOf, taskQueues } from 'waterclock/facts';
import { serviceMetric } from '../service-metric.js';
import type { EnvironmentSettings } from '../settings.js';
import { onDemandQueues } from '../settings/tasks.js';
import { taskQueue } from '../task-queue.js';
import type { AlarmRow } from './alarm-row.js';
import { failedQueries, failedSnapshots, queuedQueries, usageLeft } from './warehouse-metrics.js';
import { workersOf, workersWhereWanted } from './worker-metrics.js';

/** every alarm, by name */
export function alarmTable(
  settings: EnvironmentSettings,
  namespace: string,
  workgroup: string,
  usageLimitId: string,
): Record<string, AlarmRow> {
  const { backlog, queuedQueries: queued, failedQueries: failed } = settings.alarms;
  const { usageLimit } = settings.warehouse;
  const count = (name: (typeof serviceMetrics)[keyof typeof serviceMetrics], minutes: number) =>
    serviceMetric(namespace, name, { statistic: 'Sum', minutes });
  const onDemand = onDemandQueues(settings);
  // workers on demand are started for the watch once an hour, when nothing else needs them
  const silence = onDemand.includes(taskQueueOf(taskQueue, 'workflows')) ? 120 : 15;
  const perQueue = taskQueues(taskQueue).flatMap((queue): [string, AlarmRow][] => [
    [
      `WorkerDown-${queue}`,
      {
        metric: onDemand.includes(queue) ? workersWhereWanted(namespace, queue) : workersOf(namespace, queue),
        threshold: 1,
        // those on demand take a minute or two to come
        periods: onDemand.includes(queue) ? 5 : 3,
        below: true,
        says: `no worker polls the task queue ${queue}: see its service's events and log`,
      },
    ],
    [
      `Backlog-${queue}`,
      {
        metric: serviceMetric(namespace, serviceMetrics.backlog, { statistic: 'Minimum', queue }),
        threshold: backlog,
        periods: 10,
        says: `more than ${backlog} tasks wait in ${queue} for ten minutes: more tasks, or a step that hangs`,
      },
    ],
  ]);
  return {
    Failed: {
      metric: count(serviceMetrics.failed, 5),
      threshold: 1,
      says: 'a run failed: `waterclock runs --status failed`, then `waterclock show`',
    },
    Late: {
      metric: serviceMetric(namespace, serviceMetrics.late, { statistic: 'Maximum', minutes: 5 }),
      threshold: 1,
      says: 'a run is past its deadline, or never started',
    },
    Gap: { metric: count(serviceMetrics.gaps, 60), threshold: 1, says: 'intervals were missing and are being filled' },
    Rejected: {
      metric: count(serviceMetrics.rejected, 60),
      threshold: 1,
      says: 'records were rejected: see rejected/ in the lake',
    },
    WatchSilent: {
      metric: count(serviceMetrics.watched, silence),
      threshold: 1,
      below: true,
      says: `the watch has not run for ${silence} minutes: nobody would see what is late or missing`,
    },
    ...Object.fromEntries(perQueue),
    WarehouseQueued: {
      metric: queuedQueries(workgroup),
      threshold: queued,
      periods: 3,
      says: 'statements queue in Redshift: raise its capacity, or take slots from the workers',
    },
    // the rest of it counts down to the midnight of UTC
    UsageLimitNear: {
      metric: usageLeft(usageLimitId),
      threshold: Math.max(1, Math.round(usageLimit.rpuHoursPerDay / 5)),
      atMost: true,
      says: `less than a fifth of the ${usageLimit.rpuHoursPerDay} RPU-hours of today is left${usageLimit.breach === 'deactivate' ? ': then statements are refused until tomorrow' : ''}`,
    },
    SnapshotFailed: {
      metric: failedSnapshots(settings.name),
      threshold: 1,
      says: 'the daily snapshot of the warehouse failed: `aws redshift-serverless list-snapshots`, then make one by hand',
    },
    WarehouseFailed: { metric: failedQueries(workgroup), threshold: failed, says: 'statements fail in Redshift' },
  };
}

/** alarms tell the topic when they begin and when they end */
export function makeAlarms(stack: Stack, environment: string, rows: Record<string, AlarmRow>, topic: Topic): Alarm[] {
  const action = new SnsAction(topic);
  return Object.entries(rows).map(([name, { metric, threshold, periods = 1, below, atMost, says }]) => {
    const alarm = new Alarm(stack, name, {
      alarmName: `waterclock-${environment}-${name}`,
      alarmDescription: says,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: comparisonOf(below, atMost),
      treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
}

function comparisonOf(below?: boolean, atMost?: boolean): ComparisonOperator {
  if (below) return ComparisonOperator.LESS_THAN_THRESHOLD;
  return atMost
    ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
    : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
}
