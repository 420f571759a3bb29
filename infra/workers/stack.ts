import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { taskQueueOf } from 'waterclock/facts';
import { command } from '../container.js';
import { fargateService } from '../fargate-service.js';
import { makeStack, output } from '../make-stack.js';
import type { Network } from '../network/stack.js';
import type { ProjectFacts } from '../project/facts.js';
import { usesSpot } from '../project/tasks.js';
import type { Alerts } from '../observability/alerts.js';
import type { Registry } from '../registry/stack.js';
import { metricNamespace } from '../service-metric.js';
import type { EnvironmentSettings } from '../settings.js';
import { isOnDemand, isRange, leastTasks } from '../settings/tasks.js';
import { taskCluster } from '../task-cluster.js';
import { taskQueue } from '../task-queue.js';
import type { TemporalAccess } from '../temporal/access.js';
import { serviceEnvironment } from './environment.js';
import { givenTo } from './given.js';
import { serviceImage } from './image.js';
import { exportMetrics, metricsAddress } from './metrics-exporter.js';
import { operationsMachine } from './operations-machine.js';
import { operatorTask } from './operator.js';
import { permit, type Resources } from './permissions.js';
import { programRole } from './program-role.js';
import { publishMetrics, type OnDemandService } from './publisher.js';
import { scaleOnBacklog } from './scaling.js';
import { serviceTask, workerHealth } from './service-task.js';
import { teamTasks } from './team-tasks.js';

/** `WATERCLOCK_WAREHOUSE_SLOTS=4` and the like */
const slotSettings = (slots: Partial<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(slots).map(([role, count]) => [`WATERCLOCK_${role.toUpperCase()}_SLOTS`, `${count}`]),
  );

export interface Workers {
  cluster: ICluster;
  /** the state machine that runs commands */
  operations: { name: string };
}

export interface Parts extends Resources {
  alerts: Alerts;
  network: Network;
  registry: Registry;
  temporal: TemporalAccess;
}

/** a Fargate service for each line of the settings, the operator's task, and who publishes the metrics */
export function workersStack(
  scope: Construct,
  settings: EnvironmentSettings,
  parts: Parts,
  project?: ProjectFacts,
): Workers {
  const { network, registry, temporal } = parts;
  const stack = makeStack(scope, settings, 'workers', 'the tasks of the image');
  const spot = settings.workers.spot || (project !== undefined && usesSpot(project));
  const cluster = taskCluster(stack, network.vpc, { ...settings.workers, spot });
  const { image, digest } = serviceImage(stack, registry);
  const namespace = metricNamespace(settings);
  const common = {
    image,
    registry,
    retention: settings.workers.logDays,
    environment: serviceEnvironment(stack, settings, parts, temporal, digest),
    ...(temporal.token !== undefined && { temporalToken: temporal.token }),
  };
  const given = givenTo(stack, settings);
  const { lake } = parts;
  const team = project && teamTasks(stack, settings, { project, lake, network, cluster });
  let loader: string | undefined;
  const onDemand: OnDemandService[] = [];

  for (const [name, { roles, size, tasks, slots }] of Object.entries(settings.workers.services)) {
    const own = given(roles);
    const task = serviceTask(stack, name, {
      ...common,
      size,
      container: {
        command,
        healthCheck: workerHealth,
        environment: {
          ...common.environment,
          ...own.environment,
          ...(roles.includes('ingest') && team?.environment),
          WATERCLOCK_ROLES: roles.join(','),
          ...slotSettings(slots),
          WATERCLOCK_METRICS_ADDRESS: metricsAddress,
        },
        secrets: own.secrets,
      },
    });
    permit(task.role, roles, parts);
    if (roles.includes('ingest')) team?.permit(task.role);
    const programs =
      roles.includes('ingest') && project && programRole(stack, settings, { project, lake, worker: task.role });
    if (programs) task.container.addEnvironment('WATERCLOCK_TASK_ROLE_ARN', programs);
    if (roles.includes('warehouse')) loader ??= task.role.roleName;
    if (settings.workers.detailedMetrics) exportMetrics(stack, name, task, `${namespace}/Workers`);
    const service = fargateService(stack, `${name}-service`, {
      cluster,
      task,
      tasks: leastTasks(tasks),
      spot: settings.workers.spot,
      group: network.groups.tasks,
    });
    if (isOnDemand(tasks)) onDemand.push({ service, tasks: tasks.onDemand });
    const [role = 'ingest'] = roles;
    if (isRange(tasks)) scaleOnBacklog(service, tasks, namespace, taskQueueOf(taskQueue, role));
    for (const one of roles) {
      output(
        stack,
        `Service${one[0]?.toUpperCase()}${one.slice(1)}`,
        service.serviceName,
        `service with the role ${one}`,
      );
    }
  }
  publishMetrics(stack, {
    ...common,
    cluster,
    group: network.groups.tasks,
    namespace,
    onDemand,
    spot: settings.workers.spot,
  });
  const operator = operatorTask(stack, {
    ...common,
    environment: {
      ...common.environment,
      ...given(['ingest']).environment,
      // `setup` makes its user the owner of the external schema, before it signs in
      ...(loader !== undefined && { WATERCLOCK_REDSHIFT_LOADER: `IAMR:${loader}` }),
    },
    parts,
  });
  output(stack, 'Cluster', cluster.clusterName, 'cluster of the workers');
  const operations = operationsMachine(stack, {
    name: `waterclock-${settings.name}-operations`,
    cluster,
    network,
    task: operator,
  });
  return { cluster, operations };
}
