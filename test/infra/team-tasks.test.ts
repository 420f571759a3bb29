import { expect, test } from 'vitest';
import { settings as environments } from '../../examples/infra/settings.js';
import type { ProjectFacts } from '../../infra/project/facts.js';
import { secret, task } from '../../index.js';
import { runTasksOf } from '../../define/run-tasks.js';
import { readSettings } from '../../model/settings.js';
import { resources, synthesize } from './templates.js';

const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/shop-AbCdEf';
const image = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/etl:3';
const { prod, dev } = environments;

const projectOf = (source: object, tasks?: object): ProjectFacts => ({
  pipelines: [{ name: 'orders', source, ...(tasks && { tasks }), policy: { alerts: {} } }],
  builds: [],
});
const settings = { ...prod, workers: { ...prod.workers, secrets: { SHOP_TOKEN: { arn, field: 'token' } } } };
const source = task({
  image,
  cpu: 512,
  memory: 1024,
  environment: { TOKEN: secret('SHOP_TOKEN'), DAY: '{start:date}' },
});

const workersOf = (given: Parameters<typeof synthesize>[0], project?: ProjectFacts) =>
  synthesize(given, project).stacks['workers'] as never;
const definitions = (template: never) =>
  resources(template, 'AWS::ECS::TaskDefinition').map(([, { Properties }]) => Properties);
const policyOf = (template: never, role: RegExp) =>
  JSON.stringify(resources(template, 'AWS::IAM::Policy').filter(([id]) => role.test(id)));

test('each image of a definition has a task definition of the name that workers ask for', () => {
  const after = runTasksOf({ after: [task({ name: 'export', image: 'busybox:1', command: ['true'] })] }, []);
  const template = workersOf(settings, projectOf(source, after));
  const [own, exporting] = definitions(template).filter(({ Family }) => String(Family).startsWith('waterclock-prod-'));
  expect(own).toMatchObject({ Family: 'waterclock-prod-orders-extract', Cpu: '512', Memory: '1024' });
  expect(exporting).toMatchObject({ Family: 'waterclock-prod-orders-after-export', Cpu: '256', Memory: '512' });
  const [container] = (own ?? {})['ContainerDefinitions'] as [Record<string, object>];
  expect(JSON.stringify(container['Secrets'])).toContain(`${arn}:token::`);
  expect(JSON.stringify(container['Environment'] ?? [])).not.toContain('DAY');
  expect(container['LogConfiguration']).toMatchObject({
    LogDriver: 'awslogs',
    Options: { 'awslogs-stream-prefix': expect.any(String) as string },
  });
});

test('a task may write its raw objects and read nothing; who extracts may start it, follow it, and read its lines', () => {
  const template = workersOf(settings, projectOf(source));
  const own = policyOf(template, /^Teamordersextract.*TaskRole/);
  expect(own).toContain('/raw/orders/*');
  expect(own).not.toContain('s3:GetObject');
  const ingest = policyOf(template, /^ingestTaskRole/);
  for (const action of [
    'ecs:RunTask',
    'iam:PassRole',
    'ecs:StopTask',
    'ecs:DescribeTaskDefinition',
    'logs:GetLogEvents',
  ])
    expect(ingest).toContain(action);
  expect(ingest).toContain('task-definition/waterclock-prod-*:*');
  for (const role of [/^warehouseTaskRole/, /^transformTaskRole/, /^workflowsTaskRole/])
    expect(policyOf(template, role)).not.toContain('ecs:RunTask');
});

test('workers that extract know where tasks run, and the program reads it', () => {
  const [ingest] = definitions(workersOf(settings, projectOf(source))).filter((one) =>
    JSON.stringify(one).includes('{"Name":"WATERCLOCK_ROLES","Value":"ingest"}'),
  );
  const [container] = (ingest ?? {})['ContainerDefinitions'] as [{ Environment: { Name: string; Value: unknown }[] }];
  const environment = container.Environment.map(({ Name, Value }) => [
    Name,
    typeof Value === 'string' ? Value : 'arn:aws:iam::111122223333:role/resolved',
  ]);
  expect(readSettings(Object.fromEntries(environment), 'dbt').tasks.ecs).toMatchObject({
    families: 'waterclock-prod-',
  });
});

test('without a gateway tasks have addresses of their own, and on spare capacity the cluster has it', () => {
  const spot = task({ image: 'busybox:1', command: ['true'], spot: true });
  const without = { ...dev, network: { ...dev.network, natGateways: 0, interfaceEndpoints: false } };
  const template = workersOf(dev.temporal.kind === 'self-hosted' ? dev : without, projectOf(spot));
  const [cluster] = resources(template, 'AWS::ECS::Cluster').map(([, { Properties }]) => Properties);
  expect(cluster).toMatchObject({ CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
});

test('a task definition that is there needs its roles in the settings', () => {
  const named = projectOf(task({ taskDefinition: 'etl', command: ['etl'] }));
  expect(() => workersOf(settings, named)).toThrow(
    'orders: a task of it runs the task definition etl, and workers.taskRoles is empty',
  );
  const role = 'arn:aws:iam::111122223333:role/etl';
  const workers = { ...settings.workers, taskRoles: [role], taskLogGroups: ['/etl'] };
  const ingest = policyOf(workersOf({ ...settings, workers }, named), /^ingestTaskRole/);
  for (const named of ['task-definition/etl:*', role, 'log-group:/etl:*']) expect(ingest).toContain(named);
});

test('a program beside a worker writes raw objects of its pipeline as a role of its own, which only workers that extract take', () => {
  const template = workersOf(settings, projectOf(task({ command: ['etl.py'] })));
  const [made] = resources(template, 'AWS::IAM::Role').filter(([id]) => id.startsWith('ProgramRole'));
  const [id = '', role] = made ?? [];
  expect(JSON.stringify(role?.Properties['AssumeRolePolicyDocument'])).toMatch(
    /"AWS":\{"Fn::GetAtt":\["ingestTaskRole/,
  );
  const own = policyOf(template, /^ProgramRole/);
  expect(own).toContain('/raw/orders/*');
  expect(own).not.toContain('s3:GetObject');
  expect(policyOf(template, /^ingestTaskRole/)).toContain(
    `{"Action":"sts:AssumeRole","Effect":"Allow","Resource":{"Fn::GetAtt":["${id}"`,
  );
  for (const other of [/^warehouseTaskRole/, /^transformTaskRole/, /^workflowsTaskRole/])
    expect(policyOf(template, other)).not.toContain('sts:AssumeRole');
  const told = definitions(template).filter((one) => JSON.stringify(one).includes('WATERCLOCK_TASK_ROLE_ARN'));
  expect(told.map((one) => JSON.stringify(one).includes('{"Name":"WATERCLOCK_ROLES","Value":"ingest"}'))).toEqual([
    true,
  ]);
});

test('a program that prints its records, or runs before or after, needs no role', () => {
  const printed = task({ command: ['etl.py'], output: 'stdout' });
  const after = runTasksOf({ after: [task({ name: 'export', command: ['true'] })] }, []);
  expect(policyOf(workersOf(settings, projectOf(printed, after)), /^ProgramRole/)).toBe('[]');
});

test('the role of programs is set by the deployment alone', () => {
  const given = { ...settings.workers.settings, WATERCLOCK_TASK_ROLE_ARN: 'arn:aws:iam::111122223333:role/mine' };
  expect(() => workersOf({ ...settings, workers: { ...settings.workers, settings: given } })).toThrow(
    'the deployment sets WATERCLOCK_TASK_ROLE_ARN itself',
  );
});

test('a project without images adds no task definition', () => {
  const plain = projectOf(task({ command: ['etl.py'] }));
  expect(definitions(workersOf(prod, plain))).toHaveLength(definitions(workersOf(prod)).length);
});
