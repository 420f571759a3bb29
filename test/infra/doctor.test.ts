import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createContext } from '../../control/context.js';
import { explain } from '../../control/explain.js';
import { runProgram } from '../../starter/program.js';
import { createTerminal } from '../../starter/terminal.js';
import type { Finding } from '../../control/doctor/finding.js';
import { stacks } from '../../control/doctor/aws-checks.js';
import { answerOf, copyRole, wholeAccount, type Account } from '../support/small-account.js';

let account: Account;
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    void read(request).then((body) => {
      const { status = 200, type, text } = answerOf(account, request, body);
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  account = wholeAccount();
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
