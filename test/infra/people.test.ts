import { describe, expect, test } from 'vitest';
import { names, resources, stackOf } from './templates.js';
import { of } from './statements.js';

const people = ['administrator', 'dataengineer', 'analyst'];
const trust = (name: (typeof names)[number], stack: string) =>
  resources(stackOf(name, stack), 'AWS::IAM::Role').map(([id, { Properties }]) => ({
    id,
    document: JSON.stringify(Properties?.AssumeRolePolicyDocument),
    tags: Object.fromEntries(
      ((Properties?.Tags ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
    ),
  }));

/** statements about what a role may do, without who may assume it */
const granted = (...where: Parameters<typeof of>) => of(...where).filter(({ Principal }) => Principal === undefined);

/** what may be done without writing: statements run with database roles that only read */
const reading = /:(Get|List|Describe|Filter|StartQuery$|Decrypt$|CancelStatement$|ExecuteStatement$)/;

describe.each(names)('%s', (name) => {
  test('people sign in with a second factor', () => {
    const roles = trust(name, 'access');
    expect(roles).toHaveLength(3);
    for (const { document } of roles) expect(document).toContain('"aws:MultiFactorAuthPresent":"true"');
  });

  test('people only read, but for starting the operator', () => {
    const actions = people.flatMap((person) => granted(name, 'access', person).flatMap(({ Action }) => Action));
    expect(actions.length).toBeGreaterThan(60);
    expect([...new Set(actions.filter((action) => !reading.test(action)))]).toEqual(['states:StartExecution']);
  });

  test('nobody starts a task but by the machine that knows the commands, GitHub neither', () => {
    const roles = [
      ...people.map((role) => ['access', role]),
      ...['publish', 'deploy', 'diff'].map((role) => ['delivery', role]),
    ];
    const actions = roles.flatMap(([stack = '', role = '']) =>
      granted(name, stack, role).flatMap(({ Action }) => Action),
    );
    expect(actions.filter((action) => ['ecs:RunTask', 'ecs:ExecuteCommand', 'iam:PassRole'].includes(action))).toEqual(
      [],
    );
    for (const role of ['administrator', 'dataengineer']) {
      const [operate] = granted(name, 'access', role).filter(({ Action }) => Action.includes('states:StartExecution'));
      expect(operate?.Resource.join()).toContain(`:stateMachine:waterclock-${name}-operations`);
    }
  });

  test('everybody has the Query Editor, by the policy that AWS keeps for it, and no other managed policy', () => {
    const managed = resources(stackOf(name, 'access'), 'AWS::IAM::Role').map(([, { Properties }]) =>
      JSON.stringify(Properties.ManagedPolicyArns),
    );
    expect(managed).toHaveLength(3);
    for (const one of managed) {
      expect(one.match(/policy\/\w+/g)).toEqual(['policy/AmazonRedshiftQueryEditorV2NoSharing']);
    }
  });

  test('an analyst sees the warehouse, and neither the lake nor operations', () => {
    const services = granted(name, 'access', 'analyst').flatMap(({ Action }) =>
      Action.map((action) => action.split(':')[0]),
    );
    expect(new Set(services)).toEqual(new Set(['redshift-data', 'redshift-serverless']));
  });

  test('somebody sees the results of their own statements only', () => {
    for (const person of people) {
      const [results] = granted(name, 'access', person).filter(({ Sid }) => Sid === 'Results');
      expect(results?.Condition).toHaveProperty('StringEquals.redshift-data:statement-owner-iam-userid');
    }
  });

  test('GitHub gets in by tokens of one repository: a branch to publish, an environment to deploy', () => {
    const subjects = trust(name, 'delivery').flatMap(({ id, document }) => {
      const subject = /"token\.actions\.githubusercontent\.com:sub":"([^"]+)"/.exec(document)?.[1];
      return subject ? [[id.replace(/[0-9A-F]{8}$/, ''), subject] as const] : [];
    });
    expect(Object.fromEntries(subjects)).toEqual({
      publish: 'repo:example/waterclock:ref:refs/heads/main',
      deploy: `repo:example/waterclock:environment:${name}`,
      ...(name === 'dev' && { diff: 'repo:example/waterclock:pull_request' }),
    });
    for (const { document } of trust(name, 'delivery')) {
      expect(document).toContain('"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"');
    }
  });

  test('publishing only pushes images, a pull request only looks', () => {
    const actions = (role: string) => granted(name, 'delivery', role).flatMap(({ Action }) => Action);
    expect(actions('publish').filter((action) => !action.startsWith('ecr:'))).toEqual([]);
    const looked = granted(name, 'delivery', 'diff').flatMap(({ Resource }) => Resource);
    expect(looked.every((resource) => resource.includes('cdk-hnb659fds-lookup-role'))).toBe(true);
  });

  test('no key or user is made', () => {
    for (const type of ['AWS::IAM::User', 'AWS::IAM::AccessKey']) {
      expect(resources(stackOf(name, 'delivery'), type)).toEqual([]);
      expect(resources(stackOf(name, 'access'), type)).toEqual([]);
    }
  });
});

test('in prod everybody has the database role that only reads', () => {
  expect(trust('prod', 'access').map(({ tags }) => tags.RedshiftDbRoles)).toEqual(['analyst', 'analyst', 'analyst']);
});
