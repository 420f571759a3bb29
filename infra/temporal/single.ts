import type { Stack } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, LogDriver, type CfnService } from 'aws-cdk-lib/aws-ecs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { DnsRecordType, PrivateDnsNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { queueSettings } from 'waterclock/facts';
import { allow, noResource } from '../allow.js';
import { fargateService } from '../fargate-service.js';
import { fargateTask } from '../fargate-task.js';
import type { Network } from '../network/stack.js';
import { taskCluster } from '../task-cluster.js';
import type { TemporalSettings } from '../settings.js';
import type { TemporalAccess } from './access.js';
import { namespaceScript } from './namespace-script.js';

const namespace = 'waterclock';

/** the development server in one container, its history in a file that outlives the task; no authorization, only our tasks reach it */
export function singleTemporal(
  stack: Stack,
  environment: string,
  { vpc, groups }: Network,
  { image, size }: TemporalSettings<'single'>,
  workers: { detailedMetrics: boolean },
): TemporalAccess {
  const files = new FileSystem(stack, 'Files', {
    vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    securityGroup: groups.files,
    encrypted: true,
    allowAnonymousAccess: false,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const owner = { uid: '1000', gid: '1000' };
  const folder = files.addAccessPoint('History', {
    path: '/temporal',
    createAcl: { ownerUid: owner.uid, ownerGid: owner.gid, permissions: '750' },
    posixUser: owner,
  });

  const task = fargateTask(stack, 'Temporal', {
    size,
    volumes: [
      {
        name: 'history',
        efsVolumeConfiguration: {
          fileSystemId: files.fileSystemId,
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: folder.accessPointId, iam: 'ENABLED' },
        },
      },
    ],
    container: {
      image: ContainerImage.fromRegistry(image),
      command: [
        'server',
        'start-dev',
        '--ip',
        '0.0.0.0',
        '--namespace',
        namespace,
        '--db-filename',
        '/data/temporal.db',
        ...queueSettings.flatMap((setting) => ['--dynamic-config-value', setting]),
      ],
      healthCheck: {
        command: ['CMD', 'temporal', 'operator', 'cluster', 'health'],
        startPeriod: Duration.seconds(60),
      },
      portMappings: [{ containerPort: 7233 }, { containerPort: 8233 }],
    },
  });
  task.container.addMountPoints({ sourceVolume: 'history', containerPath: '/data', readOnly: false });
  task.definition.addContainer('namespace', {
    image: ContainerImage.fromRegistry(image),
    essential: false,
    entryPoint: ['sh', '-c'],
    command: [namespaceScript(namespace)],
    logging: LogDriver.awsLogs({ logGroup: task.logGroup, streamPrefix: 'namespace' }),
  });
  allow(task.role, 'History', {
    actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
    resources: [files.fileSystemArn],
    conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': folder.accessPointArn } },
  });
  // the Web UI is reached by a port forwarded through this channel
  allow(task.role, 'Forward', {
    actions: [
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ],
    resources: ['*'],
    pattern: noResource,
  });

  const cluster = taskCluster(stack, vpc, { detailedMetrics: workers.detailedMetrics });
  const names = new PrivateDnsNamespace(stack, 'Names', { vpc, name: `${environment}.waterclock.internal` });
  const service = fargateService(stack, 'Service', {
    cluster,
    task,
    tasks: 1,
    group: groups.frontend,
    single: true,
    more: {
      cloudMapOptions: {
        cloudMapNamespace: names,
        name: 'temporal',
        dnsRecordType: DnsRecordType.A,
        dnsTtl: Duration.seconds(10),
      },
    },
  });
  service.node.addDependency(files);
  // the option of the construct would allow more than the channel
  (service.node.defaultChild as CfnService).enableExecuteCommand = true;
  return {
    namespace,
    environment: {
      TEMPORAL_ADDRESS: `temporal.${names.namespaceName}:7233`,
      TEMPORAL_NAMESPACE: namespace,
    },
    webUi: 'http://127.0.0.1:8233',
  };
}
