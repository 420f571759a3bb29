import { Duration, type Stack } from 'aws-cdk-lib';
import { ContainerImage, Secret } from 'aws-cdk-lib/aws-ecs';
import { fargateTask, type FargateTask } from '../fargate-task.js';
import type { TemporalSettings } from '../settings.js';
import type { Database } from './database.js';
import { dynamicConfigFile, serverScript } from './server-script.js';
import { tokenSettings } from './token-settings.js';

/** chosen once: a cluster keeps its number of shards for life */
const historyShards = 512;

/** ports of calls and of membership */
export const ports = {
  frontend: { calls: 7233, membership: 6933 },
  'internal-frontend': { calls: 7236, membership: 6936 },
  history: { calls: 7234, membership: 6934 },
  matching: { calls: 7235, membership: 6935 },
  worker: { calls: 7239, membership: 6939 },
} as const;

export type ServerService = keyof typeof ports;

/** one service of the server, told by the variables of its image */
export function serverTask(
  stack: Stack,
  service: ServerService,
  { version, size, identity }: TemporalSettings<'self-hosted'>,
  { cluster, secret }: Database,
): FargateTask {
  const { calls, membership } = ports[service];
  return fargateTask(stack, service, {
    size,
    container: {
      image: ContainerImage.fromRegistry(`temporalio/server:${version}`),
      entryPoint: ['sh', '-c'],
      command: [serverScript],
      environment: {
        TEMPORAL_SERVICES: service,
        NUM_HISTORY_SHARDS: String(historyShards),
        BIND_ON_IP: '0.0.0.0',
        DYNAMIC_CONFIG_FILE_PATH: dynamicConfigFile,
        DB: 'postgres12',
        DB_PORT: '5432',
        POSTGRES_SEEDS: cluster.clusterEndpoint.hostname,
        SQL_TLS_ENABLED: 'true',
        // the image does not hold the certificate authority of RDS
        SQL_HOST_VERIFICATION: 'false',
        // the server's own worker has no token: it asks a frontend that only the services reach
        USE_INTERNAL_FRONTEND: 'true',
        ...tokenSettings(identity),
      },
      secrets: {
        POSTGRES_USER: Secret.fromSecretsManager(secret, 'username'),
        POSTGRES_PWD: Secret.fromSecretsManager(secret, 'password'),
      },
      healthCheck: {
        command: ['CMD-SHELL', `nc -z 127.0.0.1 ${membership}`],
        interval: Duration.seconds(15),
        startPeriod: Duration.seconds(60),
      },
      portMappings: [{ containerPort: calls }, { containerPort: membership }],
    },
  });
}
