import type { IncomingMessage } from 'node:http';
import { outputs, stacks } from '../../control/doctor/aws-checks.js';

/** what an environment consists of; tests take pieces away */
export interface Account {
  /** of the environment whose stacks are there */
  name: string;
  stacks: Map<string, string>;
  outputs: Map<string, string>;
  buckets: Set<string>;
  images: number;
  workgroup: string;
  iamRoles: string[];
  services: Map<string, { running: number; desired: number }>;
}

export const copyRole = 'arn:aws:iam::123456789012:role/copy';
export const wholeAccount = (): Account => ({
  name: 'dev',
  stacks: new Map(stacks.map((name) => [name, 'UPDATE_COMPLETE'])),
  outputs: new Map([
    ...outputs.map((key) => [key, key.toLowerCase()] as const),
    ['CopyRole', copyRole],
    ['ServiceIngest', 'ingest'],
    ['ServiceWorkflows', 'workflows'],
  ]),
  buckets: new Set(['lakebucket']),
  images: 3,
  workgroup: 'AVAILABLE',
  iamRoles: [`IamRole(applyStatus=in-sync, iamRoleArn=${copyRole})`],
  services: new Map([
    ['ingest', { running: 2, desired: 2 }],
    ['workflows', { running: 1, desired: 1 }],
  ]),
});

export interface AccountAnswer {
  status?: number;
  type: string;
  text: string;
}

/** the wire shapes of the services' own references: query and XML, or JSON 1.1 named by x-amz-target */
export function answerOf(
  account: Account,
  request: Pick<IncomingMessage, 'headers' | 'method' | 'url'>,
  body: string,
): AccountAnswer {
  const target = String(request.headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  if (request.method === 'HEAD') {
    return {
      status: account.buckets.has((request.url ?? '').split('/')[1] ?? '') ? 200 : 404,
      type: 'application/xml',
      text: '',
    };
  }
  if (!target) return query(account, new URLSearchParams(body));
  const asked = JSON.parse(body) as { services?: string[] };
  const json = (value: unknown) => ({ type: 'application/x-amz-json-1.1', text: JSON.stringify(value) });
  switch (target) {
    case 'DescribeImages':
      return json({
        imageDetails: Array.from({ length: account.images }, (_, at) => ({ imageDigest: `sha256:${at}` })),
      });
    case 'GetWorkgroup':
      return json({
        workgroup: {
          workgroupName: 'workgroup',
          status: account.workgroup,
          endpoint: { address: 'warehouse.example', port: 5439 },
        },
      });
    case 'GetNamespace':
      return json({ namespace: { namespaceName: 'namespace', iamRoles: account.iamRoles, status: 'AVAILABLE' } });
    case 'DescribeServices': {
      const names = asked.services ?? [];
      const there = names.filter((name) => account.services.has(name));
      return json({
        services: there.map((name) => ({
          serviceName: name,
          status: 'ACTIVE',
          runningCount: account.services.get(name)?.running,
          desiredCount: account.services.get(name)?.desired,
          deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
        })),
        failures: names
          .filter((name) => !there.includes(name))
          .map((name) => ({ arn: `arn:aws:ecs:eu-central-1:123456789012:service/cluster/${name}`, reason: 'MISSING' })),
      });
    }
    default:
      return {
        status: 400,
        type: 'application/x-amz-json-1.1',
        text: JSON.stringify({ __type: 'UnknownOperationException' }),
      };
  }
}

function query(account: Account, asked: URLSearchParams): AccountAnswer {
  const type = 'text/xml';
  if (asked.get('Action') === 'GetCallerIdentity') {
    const text = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
      <Arn>arn:aws:sts::123456789012:assumed-role/deployer/me</Arn><UserId>AROA:me</UserId><Account>123456789012</Account>
      </GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
    return { type, text };
  }
  const stack = asked.get('StackName') ?? '';
  const prefix = `waterclock-${account.name}-`;
  const status = stack.startsWith(prefix) && account.stacks.get(stack.slice(prefix.length));
  const xmlns = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';
  if (!status) {
    const error = `<Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${stack} does not exist</Message>`;
    return { status: 400, type, text: `<ErrorResponse ${xmlns}><Error>${error}</Error></ErrorResponse>` };
  }
  // the doctor does not ask which stack has an output
  const told = stack.endsWith('-observability') ? [...account.outputs] : [];
  const list = told.map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const member = `<member><StackName>${stack}</StackName><StackStatus>${status}</StackStatus>
    <CreationTime>2026-03-01T12:00:00Z</CreationTime><Outputs>${list.join('')}</Outputs></member>`;
  const result = `<DescribeStacksResult><Stacks>${member}</Stacks></DescribeStacksResult>`;
  return { type, text: `<DescribeStacksResponse ${xmlns}>${result}</DescribeStacksResponse>` };
}
