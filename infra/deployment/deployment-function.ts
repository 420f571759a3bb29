import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { allow } from '../allow.js';

export interface DeploymentFunction {
  arn: string;
  role: Role;
}

/** a function of this folder that a deployment calls and waits for; its role may write its log, and what the caller allows */
export function deploymentFunction(stack: Stack, id: string, file: 'run-sql' | 'run-task'): DeploymentFunction {
  const { role, logGroup } = functionRole(stack, id);
  const made = new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    // in the package this file is compiled: the asset is the same one there and in a clone
    code: Code.fromAsset(fileURLToPath(new URL('.', import.meta.url)), { exclude: ['*.ts', '*.mts', '*.js'] }),
    handler: `${file}.handler`,
    timeout: Duration.minutes(15),
    role,
    logGroup,
  });
  return { arn: made.functionArn, role };
}

export function functionRole(stack: Stack, id: string): { role: Role; logGroup: LogGroup } {
  const logGroup = new LogGroup(stack, `${id}Logs`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  allow(role, 'WriteLogs', {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [`${logGroup.logGroupArn}:*`],
    pattern: 'the streams of one log group',
  });
  return { role, logGroup };
}
