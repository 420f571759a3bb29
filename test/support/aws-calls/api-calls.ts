import { arn, type AwsCall, type AwsRequest } from './aws-call.js';

/** what a request names, as text */
type Body = Record<string, string | undefined>;

/** resources of an operation; `*` where IAM knows none */
type Resources = (operation: string, body: Body) => Omit<AwsCall, 'action'>[];

/** by the service that signatures name, which is the prefix of its actions too */
const services: Record<string, { resources: Resources }> = {
  'redshift-data': {
    resources: (operation, { WorkgroupName }) =>
      /^(Batch)?ExecuteStatement$/.test(operation)
        ? [{ resource: arn('redshift-serverless', `workgroup/${WorkgroupName}`) }]
        : // nobody asks for the statements of others
          [{ resource: '*', context: { 'redshift-data:statement-owner-iam-userid': '{self}' } }],
  },
  'redshift-serverless': {
    resources: (operation, { workgroupName, namespaceName }) => [
      {
        resource: arn(
          'redshift-serverless',
          operation === 'GetNamespace' ? `namespace/${namespaceName}` : `workgroup/${workgroupName}`,
        ),
      },
    ],
  },
  secretsmanager: { resources: (_, { SecretId = '' }) => [{ resource: SecretId }] },
  sqs: {
    resources: (_, { QueueUrl = '' }) => [{ resource: arn('sqs', QueueUrl.split('/').at(-1) ?? '') }],
  },
  sns: { resources: (_, { TopicArn = '' }) => [{ resource: TopicArn }] },
  ses: {
    resources: (_, { FromEmailAddress = '' }) => [
      { resource: arn('ses', `identity/${FromEmailAddress}`), context: { 'ses:FromAddress': FromEmailAddress } },
    ],
  },
  sts: {
    resources: (operation, { RoleArn = '' }) => [{ resource: operation === 'AssumeRole' ? RoleArn : '*' }],
  },
  cloudformation: {
    resources: (_, { StackName }) => [{ resource: arn('cloudformation', `stack/${StackName}/id`) }],
  },
  ecr: { resources: (_, { repositoryName }) => [{ resource: arn('ecr', `repository/${repositoryName}`) }] },
  ecs: {
    resources: (operation, { cluster = '', services, service = '', taskDefinition = '' }) => {
      const context = { 'ecs:cluster': arn('ecs', `cluster/${cluster}`) };
      if (operation === 'DescribeTaskDefinition') return [{ resource: '*' }];
      if (operation === 'RunTask') return [{ resource: arn('ecs', `task-definition/${taskDefinition}:1`), context }];
      if (operation === 'DescribeTasks') return [{ resource: arn('ecs', `task/${cluster}/id`), context }];
      return (services ?? service)
        .split(',')
        .map((name) => ({ resource: arn('ecs', `service/${cluster}/${name}`), context }));
    },
  },
  stepfunctions: {
    resources: (_, { stateMachineArn, executionArn = '' }) => [{ resource: stateMachineArn ?? executionArn }],
  },
  logs: {
    resources: (_, { logGroupName }) => [{ resource: arn('logs', `log-group:${logGroupName}`) }],
  },
};

/** operations whose permission has another name */
const renamed: Record<string, string> = {
  'sqs:DeleteMessageBatch': 'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibilityBatch': 'sqs:ChangeMessageVisibility',
};

/** services whose actions have another prefix than their command */
const prefixes: Record<string, string> = { stepfunctions: 'states' };

/** permissions of an operation of a service by name, with what was asked of it */
export function operationCalls(service: string, operation: string, body: Body): AwsCall[] {
  const known = services[service];
  if (!known) throw new Error(`nobody knows which permissions ${service}:${operation} needs: add it to api-calls.ts`);
  const action = `${prefixes[service] ?? service}:${operation}`;
  return known.resources(operation, body).map((one) => ({ action: renamed[action] ?? action, ...one }));
}

/** permissions of a request by AWS JSON, AWS Query, or the REST of SES */
export function apiCalls({ service, headers, url, body }: AwsRequest): AwsCall[] {
  const [, target] = headers['x-amz-target']?.split('.') ?? [];
  if (target !== undefined) return operationCalls(service, target, asText(JSON.parse(body || '{}') as object));
  if (service === 'ses' && url.pathname === '/v2/email/outbound-emails') {
    return operationCalls(service, 'SendEmail', asText(JSON.parse(body) as object));
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  if (form['Action'] !== undefined) return operationCalls(service, form['Action'], form);
  throw new Error(`${service}: the request to ${url.pathname} names no operation`);
}

const asText = (body: object): Body =>
  Object.fromEntries(Object.entries(body).map(([name, value]) => [name, [value].flat().map(String).join(',')]));
