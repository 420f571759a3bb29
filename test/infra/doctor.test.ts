import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createContext } from '../../control/context.js';
import { explain } from '../../control/explain.js';
import { runProgram } from '../../starter/program.js';
import { createTerminal } from '../../starter/terminal.js';
import type { Finding } from '../../control/doctor/finding.js';
import { outputs, stacks } from '../../control/doctor/aws-checks.js';

/** what an environment consists of; tests take pieces away */
interface Account {
  stacks: Map<string, string>;
  outputs: Map<string, string>;
  buckets: Set<string>;
  images: number;
  workgroup: string;
  iamRoles: string[];
  services: Map<string, { running: number; desired: number }>;
}

const copyRole = 'arn:aws:iam::123456789012:role/copy';
const whole = (): Account => ({
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

let account: Account;
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    void read(request).then((body) => {
      const { status = 200, type, text } = answer(request, body);
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  account = whole();
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test('a whole environment is well, and what was not asked is said', async () => {
  const { code, report, stderr } = await doctor('--env', 'dev');
  expect(report.findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(report.findings.map(({ check }) => check)).toEqual(
    ['account', 'stacks', 'outputs', 'buckets', 'images', 'warehouse', 'services', 'endpoints'], //
  );
  expect(report.findings[0]?.found).toBe('123456789012 as arn:aws:sts::123456789012:assumed-role/deployer/me');
  expect(code).toBe(0);
  expect(stderr).toContain('what only the network of the deployment reaches was not asked');
});

test.each<{ when: string; take: () => void; check: string; found: string }>([
  {
    when: 'a stack was never deployed',
    take: () => account.stacks.delete('warehouse'),
    check: 'stacks',
    found: 'missing: warehouse',
  },
  {
    when: 'a stack was rolled back',
    take: () => account.stacks.set('lake', 'UPDATE_ROLLBACK_COMPLETE'),
    check: 'stacks',
    found: 'lake is UPDATE_ROLLBACK_COMPLETE',
  },
  {
    when: 'an output is missing',
    take: () => account.outputs.delete('AlarmTopic'),
    check: 'outputs',
    found: 'missing: AlarmTopic',
  },
  {
    when: 'the bucket was deleted',
    take: () => account.buckets.clear(),
    check: 'buckets',
    found: 'missing: lakebucket',
  },
  { when: 'no image was pushed', take: () => (account.images = 0), check: 'images', found: 'missing: an image' },
  {
    when: 'the workgroup is being changed',
    take: () => (account.workgroup = 'MODIFYING'),
    check: 'warehouse',
    found: 'workgroup workgroup is MODIFYING',
  },
  {
    when: 'the namespace lacks the COPY role',
    take: () => (account.iamRoles = []),
    check: 'warehouse',
    found: `namespace namespace does not have the role ${copyRole}`,
  },
  {
    when: 'a service has lost a task',
    take: () => account.services.set('ingest', { running: 1, desired: 2 }),
    check: 'services',
    found: 'ingest runs 1 of 2 tasks',
  },
  {
    when: 'a service is not there',
    take: () => account.services.delete('workflows'),
    check: 'services',
    found: 'workflows does not exist',
  },
])('$when: $check says $found, with a remedy, and nothing else is wrong', async ({ take, check, found }) => {
  take();
  const { code, report } = await doctor('--env', 'dev');
  expect(report.findings.filter(({ ok }) => !ok)).toEqual([
    { check, ok: false, found, remedy: expect.any(String) as string },
  ]);
  expect(code).toBe(1);
});

test('another environment of the same account is not taken for this one', async () => {
  const { report } = await doctor('--env', 'prod');
  expect(report.findings.find(({ check }) => check === 'stacks')?.found).toBe(`missing: ${stacks.join(', ')}`);
});

test('a sample is refused where its deployment cannot be reached', async () => {
  const { code, stderr } = await doctor('--env', 'dev', '--with-sample');
  expect(code).toBe(2);
  expect(stderr).toContain('run it in a task of its cluster');
});

async function doctor(...args: string[]) {
  const told = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (told[name] += text) });
  const terminal = createTerminal(stream('stdout'), stream('stderr'), {});
  const context = createContext(terminal, () => ({}));
  const code = await runProgram(['doctor', ...args, '--json'], context).catch((error: unknown) => {
    const { message, exitCode } = explain(error);
    terminal.say(message);
    return exitCode;
  });
  const report = JSON.parse(told.stdout || '{}') as { ok: boolean; findings: Finding[] };
  return { code, stderr: told.stderr, report };
}

async function read(stream: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

interface Answer {
  status?: number;
  type: string;
  text: string;
}

/** the wire shapes of the services' own references: query and XML, or JSON 1.1 named by x-amz-target */
function answer(request: IncomingMessage, body: string): Answer {
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
  if (!target) return query(new URLSearchParams(body));
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

function query(asked: URLSearchParams): Answer {
  const type = 'text/xml';
  if (asked.get('Action') === 'GetCallerIdentity') {
    const text = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
      <Arn>arn:aws:sts::123456789012:assumed-role/deployer/me</Arn><UserId>AROA:me</UserId><Account>123456789012</Account>
      </GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
    return { type, text };
  }
  const stack = asked.get('StackName') ?? '';
  const status = stack.startsWith('waterclock-dev-') && account.stacks.get(stack.slice('waterclock-dev-'.length));
  const xmlns = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';
  if (!status) {
    const error = `<Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${stack} does not exist</Message>`;
    return { status: 400, type, text: `<ErrorResponse ${xmlns}><Error>${error}</Error></ErrorResponse>` };
  }
  // which stack tells an output is no concern of the doctor's
  const told = stack.endsWith('-observability') ? [...account.outputs] : [];
  const list = told.map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const member = `<member><StackName>${stack}</StackName><StackStatus>${status}</StackStatus>
    <CreationTime>2026-03-01T12:00:00Z</CreationTime><Outputs>${list.join('')}</Outputs></member>`;
  const result = `<DescribeStacksResult><Stacks>${member}</Stacks></DescribeStacksResult>`;
  return { type, text: `<DescribeStacksResponse ${xmlns}>${result}</DescribeStacksResponse>` };
}
