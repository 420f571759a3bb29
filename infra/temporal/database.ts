import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseSecret,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { acknowledge } from '../acknowledge.js';
import type { Network } from '../network/stack.js';
import type { TemporalSettings } from '../settings.js';

export interface Database {
  cluster: DatabaseCluster;
  secret: ISecret;
}

/** Aurora PostgreSQL for history and visibility: a writer and a reader that takes over */
export function temporalDatabase(
  stack: Stack,
  { vpc, groups }: Network,
  { minCapacity, maxCapacity }: TemporalSettings<'self-hosted'>['database'],
): Database {
  const key = new Key(stack, 'Key', {
    description: 'history of Temporal',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const secret = new DatabaseSecret(stack, 'DatabaseSecret', { username: 'temporal', encryptionKey: key }) as ISecret;
  acknowledge(secret, 'SMG4', 'the servers read it when they start: changed under them it would cut every connection');
  const cluster = new DatabaseCluster(stack, 'Database', {
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_11 }),
    credentials: Credentials.fromSecret(secret),
    writer: ClusterInstance.serverlessV2('writer'),
    readers: [ClusterInstance.serverlessV2('reader', { scaleWithWriter: true })],
    serverlessV2MinCapacity: minCapacity,
    serverlessV2MaxCapacity: maxCapacity,
    vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    securityGroups: [groups.database],
    storageEncrypted: true,
    storageEncryptionKey: key,
    iamAuthentication: true,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    backup: { retention: Duration.days(35) },
    cloudwatchLogsExports: ['postgresql'],
    copyTagsToSnapshot: true,
  });
  acknowledge(cluster, 'RDS11', 'only the servers reach it, by security group: another port would hide nothing');
  return { cluster, secret };
}
