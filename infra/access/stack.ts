import { Duration, Tags, type Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.js';
import { makeStack, output } from '../make-stack.js';
import { isProduction, type EnvironmentSettings } from '../settings.js';
import { allowOperations } from './operations.js';
import { readLake, readService, readWarehouse, type Readable } from './reading.js';

/** people: an administrator and a data engineer see everything, an analyst the warehouse; nobody writes but through the operator's task */
export function accessStack(scope: Construct, settings: EnvironmentSettings, readable: Readable): void {
  const stack = makeStack(scope, settings, 'access', 'roles of people');
  const reader = 'analyst';

  const administrator = person(stack, settings.name, 'administrator', reader);
  const dataEngineer = person(
    stack,
    settings.name,
    'data-engineer',
    isProduction(settings) ? reader : 'loader:transformer',
  );
  const analyst = person(stack, settings.name, 'analyst', reader);

  for (const role of [administrator, dataEngineer, analyst]) {
    readWarehouse(role, readable);
    useQueryEditor(role);
  }
  for (const role of [administrator, dataEngineer]) {
    readService(role, settings.name, readable);
    readLake(role, readable);
    allowOperations(role, readable);
  }
  output(stack, 'RoleAdministrator', administrator.roleArn, 'role of administrators');
  output(stack, 'RoleDataEngineer', dataEngineer.roleArn, 'role of data engineers');
  output(stack, 'RoleAnalyst', analyst.roleArn, 'role of analysts');
}

/** what the editor itself asks changes with it: the policy is the one that AWS keeps for it; queries run with the person's database roles */
function useQueryEditor(role: Role): void {
  const name = 'AmazonRedshiftQueryEditorV2NoSharing';
  role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(name));
  acknowledge(
    role,
    'IAM4',
    'AWS keeps this policy for what the editor asks: own queries, own secrets, names of workgroups',
  );
}

/** assumed by people of the account who signed in with a second factor and are allowed to by their own policies */
function person(stack: Stack, environment: string, name: string, databaseRoles: string): Role {
  const role = new Role(stack, name, {
    roleName: `waterclock-${environment}-${name}`,
    assumedBy: new AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    maxSessionDuration: Duration.hours(4),
    description: `${name} of Waterclock ${environment}`,
  });
  // the database roles that Redshift Serverless gives who signs in by IAM
  Tags.of(role).add('RedshiftDbRoles', databaseRoles);
  return role;
}
