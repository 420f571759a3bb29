import { afterEach, describe, expect, test, vi } from 'vitest';
import { createContext } from '../../control/context.js';
import { createTerminal } from '../../starter/terminal.js';
import { runProgram } from '../../starter/program.js';
import type { AwsCall } from '../support/aws-calls/aws-call.js';
import { recordingProxy } from '../support/aws-calls/recording-proxy.js';
import { answerOf, wholeAccount } from '../support/small-account.js';
import { judgedEnvironment } from './judge/environment.js';
import { judge } from './judge/judge.js';
import { operateCalls } from './judge/operate-calls.js';
import { names } from './templates.js';

type Name = (typeof names)[number];

afterEach(() => vi.unstubAllEnvs());

/** what `waterclock doctor --env` asks of AWS, by running it against an account that has what the templates say */
async function doctorCalls(name: Name): Promise<AwsCall[]> {
  const { outputs } = judgedEnvironment(name);
  const services = [...outputs].flatMap(([key, value]) => (key.startsWith('Service') ? value : []));
  const account = {
    ...wholeAccount(),
    name,
    outputs,
    buckets: new Set([outputs.get('LakeBucket') ?? '', ...(outputs.get('RawBuckets') ?? '').split(',')]),
    iamRoles: [outputs.get('CopyRole') ?? ''],
    services: new Map(services.map((service) => [service, { running: 1, desired: 1 }])),
  };
  const proxy = await recordingProxy({
    servers: {},
    answer: ({ headers, method, url, body }) => answerOf(account, { headers, method, url: url.pathname }, body),
  });
  const settings = { AWS_ENDPOINT_URL: proxy.url, AWS_REGION: 'eu-central-1' };
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };
  for (const [variable, value] of Object.entries({ ...settings, ...keys })) vi.stubEnv(variable, value);
  let said = '';
  const stream = { write: (text: string) => (said += text) };
  try {
    const code = await runProgram(
      ['doctor', '--env', name],
      createContext(createTerminal(stream, stream, {}), () => ({})),
    );
    expect({ code, said, problems: proxy.problems }).toMatchObject({ code: 0, problems: [] });
    return proxy.calls;
  } finally {
    proxy.close();
  }
}

describe.each(names)('%s', (name) => {
  test.each([
    { stack: 'access', role: 'administrator' },
    { stack: 'access', role: 'dataengineer' },
    { stack: 'delivery', role: 'deploy' },
  ])('$role may look at the deployment and start the operator', async ({ stack, role }) => {
    const environment = judgedEnvironment(name);
    const policies = environment.roles(stack).get(role);
    if (!policies) throw new Error(`${stack} has no role ${role}`);
    const operated = await operateCalls(name, environment.outputs);
    expect(operated.map(({ action }) => action)).toContain('states:StartExecution');
    const calls = [...operated, ...(await doctorCalls(name))];
    // nobody needs permission to ask who they are
    const asked = calls.filter(({ action }) => action !== 'sts:GetCallerIdentity');
    const judged = await Promise.all(asked.map((call) => judge(policies, call, environment)));
    const denied = judged.filter(({ isAllowed }) => !isAllowed);
    expect(denied.map(({ call, why }) => `${call.action} ${call.resource}: ${why}`)).toEqual([]);
  });

  test('an analyst starts nothing', async () => {
    const environment = judgedEnvironment(name);
    const policies = environment.roles('access').get('analyst');
    const [run] = (await operateCalls(name, environment.outputs)).filter(
      ({ action }) => action === 'states:StartExecution',
    );
    if (!policies || !run) throw new Error('nothing to judge');
    expect(await judge(policies, run, environment)).toMatchObject({ isAllowed: false, why: 'ImplicitlyDenied' });
  });
});
