import { describe, expect, test } from 'vitest';
import { patternReasons } from '../../infra/allow.js';
import { names } from './templates.js';
import { of, statements, type Statement } from './statements.js';

const isIdentity = ({ type }: Statement) => type === 'AWS::IAM::Policy' || type === 'AWS::IAM::Role';
const where = ({ stack, holder, Sid }: Statement) => `${stack} ${holder} ${Sid ?? ''}`;

/** made by CDK itself around its own functions, not by `allow` */
const byCdk = /^(CustomVpcRestrictDefaultSG|VpcrejectedIAMRole)/;

describe.each(names)('%s', (name) => {
  const all = statements(name);

  test('there are statements to walk', () => {
    expect(all.filter(isIdentity).length).toBeGreaterThan(40);
  });

  test('no action is a pattern', () => {
    const wide = all.filter(
      ({ Effect, Action }) => Effect === 'Allow' && Action.some((action) => action.includes('*')),
    );
    // what AWS writes into the policy of a key: the account administers it
    expect(wide.filter(({ type }) => type !== 'AWS::KMS::Key').map(where)).toEqual([]);
  });

  test('every pattern of a resource has its reason beside it', () => {
    const unexplained = all.filter((one) => {
      const patterns = one.Resource.filter((resource) => resource.includes('*'));
      const reasons = one.metadata[patternReasons] as Record<string, string> | undefined;
      return isIdentity(one) && one.Effect === 'Allow' && patterns.length > 0 && !reasons?.[one.Sid ?? ''];
    });
    expect(unexplained.filter(({ holder }) => !byCdk.test(holder)).map(where)).toEqual([]);
  });

  test('a reason is a sentence, not an excuse of one word', () => {
    const reasons = all.flatMap(({ metadata }) => Object.values(Object(metadata[patternReasons]) as object));
    expect(reasons.filter((reason) => String(reason).split(' ').length < 4)).toEqual([]);
  });

  test('nobody is a principal of anything but by condition, or to be refused', () => {
    const open = all.filter(
      ({ Effect, Principal, Condition }) =>
        Effect === 'Allow' && JSON.stringify(Principal ?? '').includes('"*"') && !Condition,
    );
    expect(open.map(where)).toEqual([]);
  });

  test('roles are passed to tasks only', () => {
    const passing = all.filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(passing.length).toBeGreaterThan(0);
    for (const { Condition, Resource } of passing) {
      expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
      expect(Resource.every((resource) => !resource.includes('*'))).toBe(true);
    }
  });

  test('no role changes permissions', () => {
    const actions = new Set(all.filter(isIdentity).flatMap(({ Action }) => Action));
    const dangerous = [...actions].filter((action) =>
      /^(iam:(?!PassRole)|sts:(?!AssumeRole)|kms:(Put|Create|Schedule))/.test(action),
    );
    expect(dangerous).toEqual([]);
  });
});

test('warehouse tasks may re-attach to a statement of another task', () => {
  const [own] = of('prod', 'workers', 'warehouseTaskRole').filter(({ Sid }) => Sid === 'OwnStatements');
  expect(own?.Action).toContain('redshift-data:DescribeStatement');
  expect(own?.Condition).toBeUndefined();
});

test('tasks that orchestrate write what the watch keeps, manifests of connectors and which definitions they have, and change nothing else in any bucket', () => {
  const statements = of('prod', 'workers', 'workflowsTaskRole');
  expect(statements.flatMap(({ Action }) => Action)).toContain('redshift-data:ExecuteStatement');
  const changing = statements.filter(({ Action }) => Action.some((one) => /^s3:(?!GetObject$|ListBucket$)/.test(one)));
  expect(changing.flatMap(({ Action }) => Action)).toEqual(['s3:PutObject']);
  const where = changing.flatMap(({ Resource }) => Resource.map((one) => /(runs|definitions)\/[\w*/]+/.exec(one)?.[0]));
  expect(new Set(where)).toEqual(
    new Set(['runs/*/closed/*', 'runs/*/connectors/*', 'runs/*/watch/*', 'definitions/*']),
  );
});

test('no task deletes objects', () => {
  const actions = statements('prod')
    .filter(({ stack }) => stack === 'workers')
    .flatMap(({ Action }) => Action);
  expect(actions.filter((action) => /^s3:.*Delete/.test(action))).toEqual([]);
});
