import { Aws, Duration, type Stack } from 'aws-cdk-lib';
import { OidcProviderNative, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { readLake, readService, type Readable } from '../access/reading.js';
import { allowOperations } from '../access/operations.js';
import { allow, noResource } from '../allow.js';
import { makeStack, output } from '../make-stack.js';
import type { EnvironmentSettings } from '../settings.js';

const issuer = 'token.actions.githubusercontent.com';

/** what GitHub Actions may do, by tokens that last minutes: no key is kept anywhere */
export function deliveryStack(scope: Construct, settings: EnvironmentSettings, readable: Readable): void {
  const { repository, branch, oidcProviderArn } = settings.delivery;
  const stack = makeStack(scope, settings, 'delivery', 'roles of GitHub Actions');
  const provider =
    oidcProviderArn ??
    new OidcProviderNative(stack, 'GitHub', { url: `https://${issuer}`, clientIds: ['sts.amazonaws.com'] })
      .oidcProviderArn;
  const workflow = (name: string, subject: string) =>
    new Role(stack, name, {
      roleName: `waterclock-${settings.name}-${name}`,
      assumedBy: new WebIdentityPrincipal(provider, {
        StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: `repo:${repository}:${subject}` },
      }),
      maxSessionDuration: Duration.hours(1),
    });

  // images are built on one branch, deployments wait for their environment's approval
  const publish = workflow('publish', `ref:refs/heads/${branch}`);
  const deploy = workflow('deploy', `environment:${settings.name}`);
  allowPush(publish, readable);
  assumeBootstrapRoles(deploy, ['deploy', 'file-publishing', 'lookup']);
  readService(deploy, settings.name, readable);
  readLake(deploy, readable);
  allowOperations(deploy, readable);
  allow(deploy, 'ReadWarehouse', {
    actions: ['redshift-serverless:GetNamespace', 'redshift-serverless:GetWorkgroup'],
    resources: [readable.warehouse.workgroup.arn, readable.warehouse.namespaceArn],
  });
  output(stack, 'RolePublish', publish.roleArn, 'role that pushes images');
  output(stack, 'RoleDeploy', deploy.roleArn, 'role that deploys');
  if (settings.delivery.pullRequests ?? settings.name === 'dev') pullRequests(stack, workflow('diff', 'pull_request'));
}

/** shows what a pull request would change; it can change nothing */
function pullRequests(stack: Stack, diff: Role): void {
  assumeBootstrapRoles(diff, ['lookup']);
  output(stack, 'RoleDiff', diff.roleArn, 'role that shows differences');
}

/** the roles that `cdk bootstrap` makes in an account */
function assumeBootstrapRoles(role: Role, names: string[]): void {
  allow(role, 'Bootstrap', {
    actions: ['sts:AssumeRole'],
    resources: names.map(
      (name) =>
        `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/cdk-hnb659fds-${name}-role-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    ),
  });
}

function allowPush(role: Role, { registry }: Readable): void {
  allow(role, 'Push', {
    actions: [
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:CompleteLayerUpload',
      'ecr:DescribeImages',
      'ecr:DescribeImageScanFindings',
      'ecr:GetDownloadUrlForLayer',
      'ecr:InitiateLayerUpload',
      'ecr:PutImage',
      'ecr:UploadLayerPart',
    ],
    resources: [registry.repository.repositoryArn],
  });
  allow(role, 'SignIn', { actions: ['ecr:GetAuthorizationToken'], resources: ['*'], pattern: noResource });
}
