import { Aws, Duration, type Stack } from 'aws-cdk-lib';
import { Secret, type FargateService } from 'aws-cdk-lib/aws-ecs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { DnsRecordType, PrivateDnsNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { allow } from '../allow.js';
import { deploymentFunction } from '../deployment/deployment-function.js';
import { fargateService } from '../fargate-service.js';
import { taskCluster } from '../task-cluster.js';
import type { Lake } from '../lake/stack.js';
import type { Network } from '../network/stack.js';
import type { TemporalSettings } from '../settings.js';
import type { TemporalAccess } from './access.js';
import { temporalAlarms } from './alarms.js';
import { temporalDatabase } from './database.js';
import { frontendBalancer } from './frontend-balancer.js';
import { namespaceScript } from './namespace-script.js';
import { oneOff } from './one-off.js';
import { schemaScript } from './schema-script.js';
import { ports, serverTask, type ServerService } from './server.js';
import { webUi } from './web-ui.js';

const namespace = 'waterclock';

/** the server's services on Fargate over Aurora: schema, then services, then the namespace */
export function selfHostedTemporal(
  stack: Stack,
  environment: string,
  network: Network,
  lake: Lake,
  settings: TemporalSettings<'self-hosted'>,
  workers: { detailedMetrics: boolean },
): TemporalAccess {
  const { vpc, groups } = network;
  const { version, tasks, hostnames } = settings;
  const database = temporalDatabase(stack, network, settings.database);
  const cluster = taskCluster(stack, vpc, { detailedMetrics: workers.detailedMetrics });
  const names = new PrivateDnsNamespace(stack, 'Names', { vpc, name: `${environment}.waterclock.internal` });
  const runTask = deploymentFunction(stack, 'RunTask', 'run-task');
  allow(runTask.role, 'Await', {
    actions: ['ecs:DescribeTasks'],
    resources: [`arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:task/${cluster.clusterName}/*`],
    pattern: 'tasks of one cluster, which are named when they start',
  });
  const common = { runTask, cluster, vpc, group: groups.temporal, version };

  const schema = oneOff(stack, 'Schema', {
    ...common,
    script: schemaScript,
    container: {
      environment: {
        SQL_PLUGIN: 'postgres12',
        SQL_HOST: database.cluster.clusterEndpoint.hostname,
        SQL_PORT: '5432',
        SQL_TLS: 'true',
        SQL_TLS_DISABLE_HOST_VERIFICATION: 'true',
      },
      secrets: {
        SQL_USER: Secret.fromSecretsManager(database.secret, 'username'),
        SQL_PASSWORD: Secret.fromSecretsManager(database.secret, 'password'),
      },
    },
  });
  schema.node.addDependency(database.cluster);

  const counts: Record<ServerService, number> = { ...tasks, 'internal-frontend': tasks.internalFrontend };
  const serviceOf = (name: ServerService): FargateService => {
    const service = fargateService(stack, `${name}-service`, {
      cluster,
      task: serverTask(stack, name, settings, database),
      tasks: counts[name],
      group: name === 'frontend' ? groups.frontend : groups.temporal,
      more: {
        ...(name === 'internal-frontend' && {
          cloudMapOptions: {
            cloudMapNamespace: names,
            name,
            dnsRecordType: DnsRecordType.A,
            dnsTtl: Duration.seconds(10),
          },
        }),
      },
    });
    service.node.addDependency(schema);
    return service;
  };
  const services = (Object.keys(ports) as ServerService[]).map((name) => [name, serviceOf(name)] as const);

  const made = oneOff(stack, 'Namespace', {
    ...common,
    script: namespaceScript(namespace),
    container: {
      environment: { TEMPORAL_ADDRESS: `internal-frontend.${names.namespaceName}:${ports['internal-frontend'].calls}` },
    },
  });
  for (const [, service] of services) made.node.addDependency(service);

  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: settings.zone.id,
    zoneName: settings.zone.name,
  });
  const [, frontend] = services.find(([name]) => name === 'frontend') ?? [];
  const frontends =
    frontend && frontendBalancer(stack, { network, lake, zone, hostname: hostnames.frontend, frontend });
  const webUis = webUi(stack, { network, lake, zone, cluster, settings, namespace });
  return {
    namespace,
    environment: {
      TEMPORAL_ADDRESS: `${hostnames.frontend}:${ports.frontend.calls}`,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_TLS: 'true',
      TEMPORAL_API_KEY: settings.workerToken,
    },
    token: settings.workerToken,
    webUi: `https://${hostnames.webUi}`,
    ...(frontends && { alarms: temporalAlarms({ database: database.cluster, frontends, webUis }) }),
  };
}
