import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Stack, type App } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { beforeAll, expect, test } from 'vitest';
import { allow } from '../../infra/allow.js';
import { settings } from '../../examples/infra/settings.js';
import { smallDev } from '../../examples/infra/small/dev.js';
import { smallProd } from '../../examples/infra/small/prod.js';
import { emptyApp, WaterclockApp } from '../../infra/app.js';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { environment, names, synthesize } from './templates.js';

const app = (): App => emptyApp(environment('dev').folder.replace(/\d+$/, 'spoilt'));
let cfnLint = '';
beforeAll(async () => {
  cfnLint = join(dirname(await pythonVenv('infra', process.env)), 'cfn-lint');
}, 300_000);

test.each(names)('%s has every stack', (name) => {
  expect(Object.keys(environment(name).stacks).toSorted()).toEqual([
    'access',
    'delivery',
    'lake',
    'network',
    'observability',
    'registry',
    'temporal',
    'warehouse',
    'workers',
  ]);
});

test.concurrent.each([
  ...names.map((name) => ({ name, folder: environment(name).folder })),
  ...[smallDev, smallProd].map((settings) => ({ name: `small ${settings.name}`, folder: synthesize(settings).folder })),
])(
  'cfn-lint has nothing to say about any template of $name',
  async ({ folder }) => {
    const templates = readdirSync(folder).flatMap((file) =>
      file.endsWith('.template.json') ? [join(folder, file)] : [],
    );
    expect(templates).toHaveLength(9);
    const options = ['--config-file', 'infra/cfnlintrc.yaml', '--'];
    const { stdout, stderr } = await promisify(execFile)(cfnLint, [...options, ...templates], {
      encoding: 'utf8',
    }).catch((failed: { stdout: string; stderr: string }) => failed);
    expect(`${stdout}${stderr}`.trim()).toBe('');
  },
  300_000,
);

test('the app that the command of CDK runs makes the environment it is told', () => {
  const folder = environment('dev').folder.replace(/\d+$/, 'by-command');
  const told = { CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify({ env: 'prod' }) };
  execFileSync(process.execPath, ['--import', 'tsx', 'examples/infra/app.ts'], {
    env: { ...process.env, ...told },
    stdio: 'pipe',
  });
  expect(readdirSync(folder).filter((file) => file.endsWith('.template.json'))).toContain(
    'waterclock-prod-lake.template.json',
  );
});

test('an environment without settings, or with those of another one, is refused', () => {
  const of = (props: ConstructorParameters<typeof WaterclockApp>[0]) => () =>
    new WaterclockApp({ outdir: environment('dev').folder.replace(/\d+$/, 'refused'), ...props });
  expect(of({ settings, env: 'staging' })).toThrow(
    'no settings for the environment staging: -c env= takes dev or prod',
  );
  expect(of({ settings: { prod: settings.dev }, env: 'prod' })).toThrow(
    'settings.prod are those of dev: name both alike',
  );
});

test('a finding of cdk-nag without a reason fails the synthesis', () => {
  const spoilt = app();
  const { node } = new Bucket(new Stack(spoilt, 'spoilt'), 'Bucket');
  expect(node.path).toBe('spoilt/Bucket');
  expect(() => spoilt.synth()).toThrow(/AwsSolutions-S10/);
});

test('a pattern without a reason is refused, with one it is kept beside the policy', () => {
  const stack = new Stack(app(), 'spoilt');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  const resources = ['arn:aws:s3:::bucket/*'];
  expect(() => allow(role, 'Read', { actions: ['s3:GetObject'], resources })).toThrow(
    /spoilt\/Role Read: arn:aws:s3:::bucket\/\* is a pattern: name the resources, or say in `pattern` why not/,
  );
  expect(() => allow(role, 'Any', { actions: ['s3:*'], resources, pattern: 'because' })).toThrow(
    /actions are named in full/,
  );
});

test.each(names)('stacks of %s say what people and doctor look for', (name) => {
  const outputs = Object.values(environment(name).stacks).flatMap(({ Outputs = {} }) => Object.keys(Outputs));
  const wanted = [
    'LakeBucket RawBuckets Workgroup Namespace Database CopyRole Repository AlarmTopic',
    'Cluster ServiceWorkflows ServiceIngest ServiceWarehouse ServiceTransform ServiceMetrics',
    'TemporalAddress WarehouseHost WebUi Operations RoleDeploy RolePublish',
  ].join(' ');
  expect(outputs).toEqual(expect.arrayContaining(wanted.split(' ')));
  // those of references between stacks come on top; no key is used twice
  const own = outputs.filter((key) => !key.startsWith('ExportsOutput'));
  expect(new Set(own).size).toBe(own.length);
});
