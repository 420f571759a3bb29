import { CustomResource, type Stack } from 'aws-cdk-lib';
import { allow, noResource } from '../allow.js';
import { deploymentFunction } from '../deployment/deployment-function.js';
import type { Warehouse } from './warehouse.js';

export const adminSecretPattern = 'one secret: Secrets Manager ends its ARN in random letters';

/** the schema `spectrum` over the catalog, made by a statement that the deployment waits for */
export function externalSchema(stack: Stack, warehouse: Warehouse, catalog: string): void {
  const { workgroup, database, adminSecret, key, copyRole } = warehouse;
  const { arn, role } = deploymentFunction(stack, 'RunSql', 'run-sql');
  allow(role, 'Execute', { actions: ['redshift-data:ExecuteStatement'], resources: [workgroup.arn] });
  allow(role, 'Await', { actions: ['redshift-data:DescribeStatement'], resources: ['*'], pattern: noResource });
  allow(role, 'AdminSecret', {
    actions: ['secretsmanager:GetSecretValue'],
    resources: [adminSecret.arn],
    pattern: adminSecretPattern,
  });
  allow(role, 'DecryptSecret', { actions: ['kms:Decrypt'], resources: [key.keyArn] });
  const schema = new CustomResource(stack, 'ExternalSchema', {
    serviceToken: arn,
    properties: {
      WorkgroupName: workgroup.name,
      Database: database,
      SecretArn: adminSecret.name,
      Sqls: [
        `CREATE EXTERNAL SCHEMA IF NOT EXISTS spectrum FROM DATA CATALOG DATABASE '${catalog}' IAM_ROLE '${copyRole.roleArn}'`,
      ],
    },
  });
  schema.node.addDependency(role.node.findChild('DefaultPolicy'));
}
