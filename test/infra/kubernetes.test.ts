import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { settings } from '../../examples/infra/settings.js';
import { task } from '../../index.js';
import { addEnvironment } from '../../infra/add-environment.js';
import { emptyApp } from '../../infra/app.js';
import type { KubernetesInput } from '../../infra/kubernetes/input.js';
import { kubernetesStack } from '../../infra/kubernetes/stack.js';
import type { ProjectFacts } from '../../infra/project/facts.js';
import { roles } from '../../model/roles.js';
import { helmTools } from '../support/helm.js';
import { resources, stackOf, type Template } from './templates.js';

const out = mkdtempSync(join(tmpdir(), 'wc-cdk-'));
afterAll(() => rmSync(out, { recursive: true }));

/** synthesis itself fails on a finding of cdk-nag */
function made(name: keyof typeof settings, input: KubernetesInput, project?: ProjectFacts) {
  const app = emptyApp(mkdtempSync(join(out, 'app-')));
  kubernetesStack(app, addEnvironment(app, settings[name], { ...(project && { project }) }), input);
  const stack = app.synth().getStackByName(`waterclock-${name}-kubernetes`);
  return {
    template: stack.template as Template,
    needs: stack.dependencies
      .map(({ id }) => id.replace(`waterclock-${name}-`, ''))
      .filter((id) => !id.endsWith('.assets')),
  };
}
const { template, needs } = made('prod', { cluster: 'acme' });

const policiesOf = ({ Resources }: Template, role: string) =>
  Object.entries(Resources)
    .filter(([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(`${role}DefaultPolicy`))
    .flatMap(
      ([, { Properties }]) =>
        (Object(Properties?.['PolicyDocument']) as { Statement: Record<string, unknown>[] }).Statement,
    );
/** without the stack that a value comes from, whose logical ids differ by the role that asks */
const actionsOf = (statements: Record<string, unknown>[]) =>
  statements.map(({ Sid, Action, Condition }) => JSON.stringify([Sid, Action, Condition])).sort();

test('each service account of the chart has a role, which no other pod gets', () => {
  const accounts = [...roles, 'setup', 'operator'].map((name) => `prod-${name}`);
  const associations = resources(template, 'AWS::EKS::PodIdentityAssociation').map(([, { Properties }]) => Properties);
  expect(associations.map(({ ServiceAccount }) => ServiceAccount)).toEqual(accounts);
  expect(associations.every(({ ClusterName, Namespace }) => ClusterName === 'acme' && Namespace === 'data')).toBe(true);
  const trusted = resources(template, 'AWS::IAM::Role').map(
    ([, { Properties }]) => (Properties['AssumeRolePolicyDocument'] as { Statement: unknown[] }).Statement,
  );
  expect(trusted).toHaveLength(accounts.length);
  for (const [at, account] of accounts.entries()) {
    const [statement, ...others] = trusted[at] ?? [];
    expect(others).toEqual([]);
    expect(statement).toEqual({
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:RequestTag/eks-cluster-name': 'acme',
          'aws:RequestTag/kubernetes-namespace': 'data',
          'aws:RequestTag/kubernetes-service-account': account,
        },
      },
    });
  }
});

test.each([
  ['workflows', 'workflowsTaskRole'],
  ['ingest', 'ingestTaskRole'],
  ['warehouse', 'warehouseTaskRole'],
  ['transform', 'transformTaskRole'],
  ['setup', 'OperatorTaskRole'],
  ['operator', 'OperatorTaskRole'],
])('%s may do what its task may on ECS', (role, task) => {
  // of the container beside it that takes its metrics to CloudWatch
  const onEcs = policiesOf(stackOf('prod', 'workers'), task).filter(({ Sid }) => Sid !== 'WriteMetrics');
  expect(onEcs.length).toBeGreaterThan(2);
  expect(actionsOf(policiesOf(template, `${role}Role`))).toEqual(actionsOf(onEcs));
});

test('the roles in the database are those of the tasks', () => {
  const tagged = resources(template, 'AWS::IAM::Role').map(([, { Properties }]) =>
    (Properties['Tags'] as { Key: string; Value: string }[]).find(({ Key }) => Key === 'RedshiftDbRoles'),
  );
  expect(tagged.map((tag) => tag?.Value)).toEqual([
    'analyst',
    undefined,
    'loader',
    'transformer',
    'transformer',
    'transformer',
  ]);
});

test('the values in the parameter are ones that the chart takes', { timeout: 120_000 }, async () => {
  const tools = await helmTools();
  for (const input of [{}, { temporal: { address: 'temporal-frontend.temporal:7233', namespace: 'waterclock' } }]) {
    const { template } = made('dev', { cluster: 'acme', ...input });
    const [[, parameter] = []] = resources(template, 'AWS::SSM::Parameter');
    const text = asText(parameter?.Properties['Value']);
    expect(text.length).toBeLessThan(4096);
    const file = join(out, 'values.json');
    writeFileSync(file, text);
    const onEks = ['--values', 'infra/helm/eks/values.yaml'];
    const { objects } = await tools.template('--values', file, ...onEks, '--set', 'image.tag=one');
    const rendered = JSON.stringify(objects);
    expect(rendered).toContain('IAMR:');
    expect(rendered.includes('temporal-frontend.temporal:7233')).toBe('temporal' in input);
  }
});

test('programs write their raw objects as roles of their own: Jobs by their account, processes as one that their worker takes', () => {
  const pipeline = (name: string, source: object) => ({ name, source, policy: { alerts: {} } });
  const project: ProjectFacts = {
    pipelines: [
      pipeline('contained', task({ image: 'registry.example.com/etl:3' })),
      pipeline('beside', task({ command: ['etl.py'] })),
    ],
    builds: [],
  };
  const { template } = made('prod', { cluster: 'acme' }, project);
  const accounts = resources(template, 'AWS::EKS::PodIdentityAssociation').map(
    ([, { Properties }]) => Properties['ServiceAccount'],
  );
  expect(accounts).toContain('prod-tasks');
  const written = (role: string) => JSON.stringify(policiesOf(template, role));
  expect(written('tasksRole')).toContain('/raw/contained/*');
  expect(written('ProgramRole')).toContain('/raw/beside/*');
  for (const role of ['tasksRole', 'ProgramRole']) expect(written(role)).not.toContain('s3:GetObject');
  // sessions of Pod Identity have tags, which both sides of a change of roles must allow
  const [[, program] = []] = resources(template, 'AWS::IAM::Role').filter(([id]) => id.startsWith('ProgramRole'));
  expect(JSON.stringify(program?.Properties['AssumeRolePolicyDocument'])).toContain('sts:TagSession');
  expect(written('ingestRole')).toContain('sts:TagSession');
  const [[, parameter] = []] = resources(template, 'AWS::SSM::Parameter');
  const values = JSON.parse(asText(parameter?.Properties['Value'])) as Record<string, unknown>;
  expect(values).toMatchObject({
    tasks: { enabled: true },
    workers: { ingest: { settings: { WATERCLOCK_TASK_ROLE_ARN: expect.any(String) as string } } },
  });
  // a project without programs has neither
  const without = made('prod', { cluster: 'acme' }, { ...project, pipelines: [] });
  expect(JSON.stringify(without.template)).not.toMatch(/prod-tasks|ProgramRole|WATERCLOCK_TASK_ROLE_ARN/);
});

test('with a Temporal of the cluster nothing of Temporal on ECS is needed', () => {
  expect(needs).toContain('observability');
  const temporal = { address: 'temporal-frontend.temporal:7233', namespace: 'waterclock' };
  expect(made('prod', { cluster: 'acme', temporal }).needs.toSorted()).toEqual(['lake', 'registry', 'warehouse']);
});

test('the workers of docs/deploy.md are ones that its nodes take', () => {
  const read = (file: string) => parse(readFileSync(`infra/helm/eks/${file}`, 'utf8')) as Record<string, unknown>;
  const groups = read('cluster.yaml')['managedNodeGroups'] as {
    labels?: Record<string, string>;
    taints?: { key: string; effect: string }[];
  }[];
  const { ingest } = read('values.yaml')['workers'] as {
    ingest: { nodeSelector: Record<string, string>; tolerations: { key: string; effect: string }[] };
  };
  const [spot, ...others] = groups.filter(({ labels }) => labels?.['nodes'] === ingest.nodeSelector['nodes']);
  expect(others).toEqual([]);
  expect(spot?.taints).toMatchObject(ingest.tolerations.map(({ key, effect }) => ({ key, effect })));
  // what has neither goes there
  expect(groups.filter(({ labels, taints }) => !labels && !taints)).toHaveLength(1);
});

/** what CloudFormation makes of a text of parts */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  return join ? join[1].map(asText).join(join[0]) : 'arn:of-another-stack';
}
