import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { account, region, type AwsCall } from '../../support/aws-calls/aws-call.js';
import type { Document, RolePolicies, Statement } from './policies.js';

/** an environment, as far as AWS judges by it */
export interface Judged {
  resourcePolicies: Map<string, Document>;
  /** of what is encrypted, the key */
  keys: Map<string, string>;
  /** the secret that operators sign in to the warehouse with, and its key */
  adminSecret: { arn: string; key: string };
}

export interface Verdict {
  call: AwsCall;
  isAllowed: boolean;
  why: string;
  /** `sid action` of the statements that allow it */
  by: string[];
}

const bucketOf = (arn: string) => /^arn:aws:s3:::[^/]+/.exec(arn)?.[0] ?? '';

/** what AWS asks on behalf of the one who makes a call: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
export function impliedBy(
  { action, resource }: AwsCall,
  { keys, adminSecret }: Judged,
  isAdministrator: boolean,
): AwsCall[] {
  const ofKey = (key: string | undefined, service: string, ...operations: string[]): AwsCall[] =>
    key === undefined
      ? []
      : operations.map((operation) => ({
          action: `kms:${operation}`,
          resource: key,
          context: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
        }));
  if (action.startsWith('s3:GetObject')) return ofKey(keys.get(bucketOf(resource)), 's3', 'Decrypt');
  // an object that goes up in parts is decrypted to be put together
  if (action === 's3:PutObject') return ofKey(keys.get(bucketOf(resource)), 's3', 'GenerateDataKey', 'Decrypt');
  if (action === 'sns:Publish') return ofKey(keys.get(resource), 'sns', 'GenerateDataKey', 'Decrypt');
  if (/^redshift-data:(Batch)?ExecuteStatement$/.test(action)) {
    const own = { 'redshift-data:statement-owner-iam-userid': '{self}' };
    const awaited = { action: 'redshift-data:DescribeStatement', resource: '*', context: own };
    // https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html: by the secret that it names, or as itself
    if (!isAdministrator) return [awaited, { action: 'redshift-serverless:GetCredentials', resource }];
    return [
      awaited,
      { action: 'secretsmanager:GetSecretValue', resource: adminSecret.arn },
      ...ofKey(adminSecret.key, 'secretsmanager', 'Decrypt'),
    ];
  }
  return [];
}

/** asks the simulator whether the policies of a role, and those of what it asks for, allow a call */
export async function judge(role: RolePolicies, call: AwsCall, { resourcePolicies }: Judged): Promise<Verdict> {
  const { action, resource, context = {} } = call;
  const guard = resourcePolicies.get(action.startsWith('s3:') ? bucketOf(resource) : resource);
  const ids = { 'aws:userid': 'AROAEXAMPLE:task', 'aws:SecureTransport': 'true', 'aws:PrincipalAccount': account };
  const simulation: Simulation = {
    request: {
      principal: role.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/') + '/task',
      action,
      resource: { resource, accountId: account },
      contextVariables: {
        ...ids,
        ...(action.startsWith('s3:') && { 's3:TlsVersion': '1.3' }),
        ...Object.fromEntries(
          Object.entries(context).map(([key, value]) => [key, value === '{self}' ? ids['aws:userid'] : value]),
        ),
      },
    },
    identityPolicies: [{ name: role.name, policy: role.document }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(guard && { resourcePolicy: guard }),
  };
  const done = await runSimulation(simulation, {});
  if (done.resultType === 'error') return { call, isAllowed: false, why: JSON.stringify(done.errors), by: [] };
  const results = done.resultType === 'single' ? [done.result] : done.results;
  const by = results.flatMap(({ analysis }) =>
    (analysis.identityAnalysis?.allowStatements ?? []).map(({ statement }) => `${statement.sid() ?? ''} ${action}`),
  );
  const denied = results.flatMap(({ analysis }) => [
    ...(analysis.identityAnalysis?.denyStatements ?? []),
    ...(analysis.resourceAnalysis?.denyStatements ?? []),
  ]);
  return {
    call,
    isAllowed: done.overallResult === 'Allowed',
    why: `${done.overallResult}${denied.length > 0 ? ` by ${denied.map(({ statement }) => statement.sid()).join(', ')}` : ''}`,
    by,
  };
}

/** `sid action` of everything that a role is granted */
export const grants = ({ document }: RolePolicies): string[] =>
  document.Statement.flatMap(({ Sid = '', Action }: Statement) => [Action].flat().map((action) => `${Sid} ${action}`));

/** the same role without one action of one statement */
export function without(role: RolePolicies, grant: string): RolePolicies {
  const [sid, action] = grant.split(' ');
  const Statement = role.document.Statement.flatMap((one) => {
    if ((one.Sid ?? '') !== sid) return [one];
    const left = [one.Action].flat().filter((each) => each !== action);
    return left.length > 0 ? [{ ...one, Action: left }] : [];
  });
  return { ...role, document: { ...role.document, Statement } };
}
