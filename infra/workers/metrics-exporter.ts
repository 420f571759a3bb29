import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { ContainerImage, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { stringify } from 'yaml';
import { allow } from '../allow.js';
import type { FargateTask } from '../fargate-task.js';

const image = 'public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1';
export const metricsAddress = '127.0.0.1:9464';

interface Exported {
  names: string[];
  by: string[][];
  where?: { label: string; is: string };
}

/** what becomes a metric of CloudWatch, by name and labels: each combination costs */
const exported: Exported[] = [
  {
    names: ['^waterclock_.*'],
    by: [['pipeline'], ['pipeline', 'entity'], ['pipeline', 'status'], ['pipeline', 'step']],
  },
  {
    names: ['^temporal_worker_task_slots_(available|used)$'],
    by: [['task_queue']],
    where: { label: 'worker_type', is: '^ActivityWorker$' },
  },
  {
    names: ['^temporal_activity_schedule_to_start_latency.*', '^temporal_activity_execution_failed.*'],
    by: [['activity_type']],
  },
  { names: ['^temporal_workflow_task_execution_failed.*', '^temporal_sticky_cache_size$'], by: [[]] },
];

/** a collector beside the worker: reads what it serves to Prometheus, writes it to CloudWatch; the worker does not need it to run */
export function exportMetrics(stack: Stack, id: string, task: FargateTask, namespace: string): void {
  const logs = new LogGroup(stack, `${id}Metrics`, {
    retention: RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const config = {
    receivers: {
      prometheus: {
        config: {
          scrape_configs: [{ job_name: id, scrape_interval: '60s', static_configs: [{ targets: [metricsAddress] }] }],
        },
      },
    },
    exporters: {
      awsemf: {
        namespace,
        log_group_name: logs.logGroupName,
        log_stream_name: '{TaskId}',
        dimension_rollup_option: 'NoDimensionRollup',
        metric_declarations: exported.map(({ names, by, where }) => ({
          dimensions: by,
          metric_name_selectors: names,
          ...(where && { label_matchers: [{ label_names: [where.label], regex: where.is }] }),
        })),
      },
    },
    service: { pipelines: { metrics: { receivers: ['prometheus'], exporters: ['awsemf'] } } },
  };
  task.definition.addContainer('metrics', {
    image: ContainerImage.fromRegistry(image),
    essential: false,
    memoryReservationMiB: 128,
    environment: { AOT_CONFIG_CONTENT: stringify(config) },
    logging: LogDriver.awsLogs({ logGroup: task.logGroup, streamPrefix: 'metrics' }),
  });
  allow(task.role, 'WriteMetrics', {
    actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: [logs.logGroupArn, `${logs.logGroupArn}:*`],
    pattern: 'the streams of one log group',
  });
}
