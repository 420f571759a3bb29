import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { serverScript } from '../../infra/temporal/server-script.js';

interface Asked {
  operation: string;
  body: Record<string, unknown>;
}

let server: Server;
let address: string;
let asked: Asked[];
/** what CloudFormation was told */
let told: Record<string, unknown>[];
/** answers of the services of AWS, by operation, one after another; the last one stays */
let answers: Record<string, unknown[]>;

beforeEach(async () => {
  asked = [];
  told = [];
  answers = {};
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text || '{}') as Record<string, unknown>;
      if (request.method === 'PUT') {
        told.push(body);
        response.end();
        return;
      }
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      asked.push({ operation, body });
      const [next, ...rest] = answers[operation] ?? [];
      if (rest.length > 0) answers[operation] = rest;
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify(next ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ENDPOINT_URL', address);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const event = (ResourceProperties: Record<string, unknown>, RequestType = 'Create') => ({
  RequestType,
  ResponseURL: `${address}/answer`,
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Resource',
  ResourceProperties,
});

describe('statements of a deployment', () => {
  const properties = {
    Sqls: ['CREATE one', 'CREATE two'],
    WorkgroupName: 'group',
    Database: 'db',
    SecretArn: 'secret',
  };
  const run = async (kind?: string) => {
    const { handler } = await import('../../infra/deployment/run-sql.mjs');
    await handler(event(properties, kind));
  };

  test('run one after another, each awaited', async () => {
    answers = {
      ExecuteStatement: [{ Id: '1' }, { Id: '2' }],
      DescribeStatement: [
        { Id: '1', Status: 'STARTED' },
        { Id: '1', Status: 'FINISHED' },
        { Id: '2', Status: 'FINISHED' },
      ],
    };
    await run();
    expect(asked.map(({ operation, body }) => [operation, body.Sql ?? body.Id])).toEqual([
      ['ExecuteStatement', 'CREATE one'],
      ['DescribeStatement', '1'],
      ['DescribeStatement', '1'],
      ['ExecuteStatement', 'CREATE two'],
      ['DescribeStatement', '2'],
    ]);
    expect(told).toEqual([expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'Resource' })]);
  });

  test('fail the deployment with the reason of the warehouse', async () => {
    answers = {
      ExecuteStatement: [{ Id: '1' }],
      DescribeStatement: [{ Id: '1', Status: 'FAILED', Error: 'no such role' }],
    };
    await run();
    expect(told).toEqual([
      expect.objectContaining({ Status: 'FAILED', Reason: 'the warehouse answered FAILED: no such role (CREATE one)' }),
    ]);
  });

  test('are left alone when the stack is deleted', async () => {
    await run('Delete');
    expect(asked).toEqual([]);
    expect(told).toMatchObject([{ Status: 'SUCCESS' }]);
  });
});

describe('a task of a deployment', () => {
  const properties = { Cluster: 'cluster', TaskDefinition: 'task:1', Subnets: ['a', 'b'], SecurityGroups: ['g'] };
  const run = async () => {
    const { handler } = await import('../../infra/deployment/run-task.mjs');
    await handler(event(properties));
  };
  const started = { taskArn: 'arn:task', lastStatus: 'PROVISIONING' };
  const stopped = (exitCode?: number) => ({
    tasks: [
      {
        taskArn: 'arn:task',
        lastStatus: 'STOPPED',
        stoppedReason: 'it ended',
        containers: [{ name: 'main', exitCode }],
      },
    ],
  });

  test('is started without a public address and awaited', async () => {
    answers = { RunTask: [{ tasks: [started] }], DescribeTasks: [{ tasks: [started] }, stopped(0)] };
    await run();
    expect(asked[0]?.body).toMatchObject({
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['a', 'b'], securityGroups: ['g'] } },
    });
    expect(told).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test.each([
    ['another code', 1, 'main 1'],
    ['no code at all', undefined, 'main did not start'],
  ])('fails the deployment when it ends with %s', async (_, code, words) => {
    answers = { RunTask: [{ tasks: [started] }], DescribeTasks: [stopped(code)] };
    await run();
    expect(told).toMatchObject([{ Status: 'FAILED', Reason: `the task arn:task ended with ${words}: it ended` }]);
  });

  test('fails the deployment when it cannot be started', async () => {
    answers = { RunTask: [{ tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] }] };
    await run();
    expect(told).toMatchObject([{ Status: 'FAILED', Reason: 'no task of task:1 was started: RESOURCE:MEMORY' }]);
  });
});

test('a member of Temporal tells the others the private address of its task', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wc-server-'));
  // as the agent of Fargate answers ${ECS_CONTAINER_METADATA_URI_V4}
  const metadata = {
    DockerId: 'cd189a933e5849daa93386466019ab50-2495160603',
    Name: 'main',
    Networks: [
      {
        NetworkMode: 'awsvpc',
        IPv4Addresses: ['10.30.17.5'],
        PrivateDNSName: 'ip-10-30-17-5.eu-central-1.compute.internal',
      },
    ],
  };
  try {
    writeFileSync(join(folder, 'metadata.json'), JSON.stringify(metadata));
    writeFileSync(
      join(folder, 'wget'),
      '#!/bin/sh\ntest "$2" = http://169.254.170.2/v4/id && cat "${0%/*}/metadata.json"\n',
    );
    chmodSync(join(folder, 'wget'), 0o755);
    writeFileSync(join(folder, 'entrypoint.sh'), '#!/bin/sh\necho "$TEMPORAL_BROADCAST_ADDRESS"\n');
    chmodSync(join(folder, 'entrypoint.sh'), 0o755);
    const script = serverScript
      .replace('/etc/temporal/entrypoint.sh', join(folder, 'entrypoint.sh'))
      .replaceAll('/tmp/dynamic-config.yaml', join(folder, 'dynamic-config.yaml'));
    const environment = {
      PATH: `${folder}:/usr/bin:/bin`,
      ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/id',
    };
    expect(execFileSync('sh', ['-c', script], { env: environment, encoding: 'utf8' })).toBe('10.30.17.5\n');
    expect(readFileSync(join(folder, 'dynamic-config.yaml'), 'utf8')).toBe('limit.maxIDLength:\n  - value: 255\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
