import { Aws, CfnDeletionPolicy, RemovalPolicy } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnNamespace, CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import type { Construct } from 'constructs';
import type { Lake } from '../lake/stack.js';
import { makeStack, output } from '../make-stack.js';
import type { Network } from '../network/stack.js';
import type { EnvironmentSettings } from '../settings.js';
import { auditLogs } from './audit-logs.js';
import { copyRole } from './copy-role.js';
import { externalSchema } from './external-schema.js';
import { snapshots } from './snapshots.js';
import { usageLimit } from './usage-limit.js';
import type { Warehouse } from './warehouse.js';

/** Redshift Serverless: nothing to pay for compute while no statement runs */
export function warehouseStack(
  scope: Construct,
  settings: EnvironmentSettings,
  network: Network,
  lake: Lake,
): Warehouse {
  const { database, baseCapacity, maxCapacity, snapshotDays } = settings.warehouse;
  const stack = makeStack(scope, settings, 'warehouse', 'Redshift Serverless and its catalog of external tables');
  const name = `waterclock-${settings.name}`;
  const catalog = `waterclock_${settings.name}`;
  const key = new Key(stack, 'Key', {
    description: 'tables, snapshots and the secret of the administrator',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  new CfnDatabase(stack, 'ExternalTables', {
    catalogId: stack.account,
    databaseInput: { name: catalog, description: 'external tables over processed files' },
  });
  const role = copyRole(stack, lake, catalog);
  auditLogs(stack, name);

  const namespace = new CfnNamespace(stack, 'Tables', {
    namespaceName: name,
    dbName: database,
    kmsKeyId: key.keyId,
    manageAdminPassword: true,
    adminUsername: 'administrator',
    adminPasswordSecretKmsKeyId: key.keyId,
    iamRoles: [role.roleArn],
    defaultIamRoleArn: role.roleArn,
    logExports: ['userlog', 'connectionlog', 'useractivitylog'],
    finalSnapshotName: `${name}-final`,
    finalSnapshotRetentionPeriod: snapshotDays,
  });
  // Redshift Serverless has no switch against deletion: retained here, and the stack protected
  namespace.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  namespace.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;

  const workgroup = new CfnWorkgroup(stack, 'Compute', {
    workgroupName: name,
    namespaceName: namespace.ref,
    baseCapacity,
    maxCapacity,
    publiclyAccessible: false,
    // routing through the VPC would need an endpoint for Glue, and Spectrum is outside of it anyway
    enhancedVpcRouting: false,
    subnetIds: network.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
    securityGroupIds: [network.groups.warehouse.securityGroupId],
    configParameters: [
      { parameterKey: 'require_ssl', parameterValue: 'true' },
      { parameterKey: 'enable_user_activity_logging', parameterValue: 'true' },
    ],
  });
  workgroup.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  workgroup.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;

  const made = {
    database,
    workgroup: {
      name: workgroup.ref,
      arn: workgroup.attrWorkgroupWorkgroupArn,
      host: workgroup.attrWorkgroupEndpointAddress,
    },
    namespaceArn: namespace.attrNamespaceNamespaceArn,
    copyRole: role,
    catalog,
    adminSecret: {
      name: `redshift!${name}-administrator`,
      arn: `arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:redshift!${name}-administrator-*`,
    },
    key,
  };
  const warehouse: Warehouse = { ...made, usageLimitId: usageLimit(stack, made, settings.warehouse.usageLimit) };
  externalSchema(stack, warehouse, catalog);
  snapshots(stack, settings.name, namespace, snapshotDays);
  output(stack, 'Workgroup', workgroup.ref, 'Redshift workgroup');
  output(stack, 'Namespace', namespace.ref, 'Redshift namespace');
  output(stack, 'Database', database, 'database');
  output(stack, 'WarehouseHost', warehouse.workgroup.host, 'host that dbt connects to');
  output(stack, 'CopyRole', role.roleArn, 'role that Redshift assumes');
  output(stack, 'Catalog', catalog, 'Glue database of the external tables');
  output(stack, 'AdminSecret', warehouse.adminSecret.name, 'secret of the administrator');
  return warehouse;
}
