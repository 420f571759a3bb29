import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settings as environments } from '../../examples/infra/settings.js';
import { names, resources, stackOf, synthesize } from './templates.js';
import { of, text } from './statements.js';

interface Container {
  Name: string;
  Image: unknown;
  Command?: string[];
  StopTimeout?: number;
  ReadonlyRootFilesystem?: boolean;
  HealthCheck?: unknown;
  Environment?: { Name: string; Value: unknown }[];
}

const tasks = (name: (typeof names)[number]) =>
  resources(stackOf(name, 'workers'), 'AWS::ECS::TaskDefinition').map(([id, { Properties }]) => ({
    id,
    containers: Properties?.ContainerDefinitions as Container[],
  }));
const mains = (name: (typeof names)[number]) =>
  tasks(name).map(({ id, containers: [main] }) => ({ id, ...(main as Container) }));
const variable = ({ Environment = [] }: Container, wanted: string) =>
  Environment.find(({ Name }) => Name === wanted)?.Value;

test('prod has a service for each role, dev one for all', () => {
  const roles = (name: (typeof names)[number]) =>
    mains(name).flatMap((main) => variable(main, 'WATERCLOCK_ROLES') ?? []);
  expect(roles('dev')).toEqual(['workflows,ingest,warehouse,transform']);
  expect(roles('prod')).toEqual(['workflows', 'ingest', 'warehouse', 'transform']);
});

test('the operator knows the user that loads: `setup` makes it the owner of the external schema', () => {
  for (const name of names) {
    const operator = mains(name).find(({ id }) => id.startsWith('Operator'));
    const loader = JSON.stringify(operator && variable(operator, 'WATERCLOCK_REDSHIFT_LOADER'));
    const role = name === 'dev' ? /IAMR:.*TaskRole/ : /IAMR:.*warehouseTaskRole/;
    expect(loader).toMatch(role);
  }
});

test('further settings reach every container of the image, and none that the deployment makes', () => {
  const { dev } = environments;
  const given = (settings: Record<string, string>) =>
    synthesize({ ...dev, workers: { ...dev.workers, settings } }).stacks['workers'];
  const template = given({ WATERCLOCK_REDSHIFT_LARGE_STRINGS: 'true' });
  const definitions = resources(template as never, 'AWS::ECS::TaskDefinition').map(([, { Properties }]) => Properties);
  expect(JSON.stringify(definitions[0])).toContain('{"Name":"WATERCLOCK_REDSHIFT_LARGE_STRINGS","Value":"true"}');
  expect(() => given({ WATERCLOCK_LAKE_BUCKET: 'mine' })).toThrow(
    'workers.settings: the deployment sets WATERCLOCK_LAKE_BUCKET itself',
  );
});

test('secrets of sources reach the tasks by their place, and only who extracts may read them', () => {
  const { prod } = environments;
  const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/shop-AbCdEf';
  const workers = {
    ...prod.workers,
    secrets: { SHOP_TOKEN: { arn, field: 'token' }, SHOP_KEY: { arn, field: 'key' } },
  };
  const template = synthesize({ ...prod, workers }).stacks['workers'];
  const definitions = resources(template as never, 'AWS::ECS::TaskDefinition').map(([, { Properties }]) => Properties);
  expect(JSON.stringify(definitions)).toContain(`{"Name":"SHOP_TOKEN","Value":"${arn}#token"}`);
  const policies = resources(template as never, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    JSON.stringify(Properties).includes('SourceSecrets'),
  );
  expect(policies.map(([id]) => id.replace(/DefaultPolicy.*/, ''))).toEqual(['ingestTaskRole', 'OperatorTaskRole']);
  const [statement] = JSON.stringify(policies[0]).match(/\{[^{}]*"Sid":"SourceSecrets"\}/) ?? [];
  expect(JSON.parse(statement ?? '{}')).toMatchObject({ Action: 'secretsmanager:GetSecretValue', Resource: arn });
});

test('ingest scales on backlog and CPU; warehouse and transform are pools of a fixed size', () => {
  const template = stackOf('prod', 'workers');
  const targets = resources(template, 'AWS::ApplicationAutoScaling::ScalableTarget').map(([id]) => id);
  expect(targets).toEqual([expect.stringMatching(/^ingest/)]);
  const policies = resources(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(([, { Properties }]) =>
    JSON.stringify(Properties),
  );
  expect(policies).toHaveLength(2);
  expect(policies.join()).toMatch(/ECSServiceAverageCPUUtilization/);
  expect(policies.join()).toMatch(/"MetricName":"BacklogPerWorker"/);
  expect(resources(stackOf('dev', 'workers'), 'AWS::ApplicationAutoScaling::ScalableTarget')).toEqual([]);
});

describe.each(names)('%s', (name) => {
  test.each(resources(stackOf(name, 'workers'), 'AWS::ECS::Service'))(
    '%s goes back from a bad deployment, and has no public address',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        LaunchType: 'FARGATE',
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
        NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
      });
    },
  );

  test.each(mains(name))('$id stops within two minutes, writes only where it may', (main) => {
    expect(main).toMatchObject({ StopTimeout: 120, ReadonlyRootFilesystem: true });
  });

  test('the image is named by digest, from the one repository', () => {
    expect(stackOf(name, 'workers').Parameters?.ImageDigest).toMatchObject({ AllowedPattern: '^sha256:[0-9a-f]{64}$' });
    for (const { Image } of mains(name)) expect(text(Image)).toMatch(/@"?,\{"Ref":"ImageDigest"\}/);
  });

  test('workers are asked for their health', () => {
    for (const main of mains(name).filter((one) => variable(one, 'WATERCLOCK_ROLES'))) {
      expect(main.HealthCheck).toMatchObject({ Command: ['CMD', 'node', expect.stringMatching(/health\.js$/)] });
    }
  });

  test('logs are kept for a while, what operators did for a year', () => {
    const groups = resources(stackOf(name, 'workers'), 'AWS::Logs::LogGroup');
    for (const [, { Properties }] of groups) expect(Properties?.RetentionInDays).toEqual(expect.any(Number));
    const [[, operator] = []] = groups.filter(([id]) => id.startsWith('OperatorLogs'));
    expect(operator?.Properties?.RetentionInDays).toBe(365);
  });

  test('every variable is one that the image knows', () => {
    const sources = ['model/settings.ts', 'examples/dbt/profiles.yml']
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    // the SDKs' own: https://docs.temporal.io/develop/environment-configuration, and every AWS SDK
    const standard = ['AWS_REGION', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_TLS', 'TEMPORAL_API_KEY'];
    const used = mains(name).flatMap(({ Environment = [] }) => Environment.map(({ Name }) => Name));
    const unknown = [...new Set(used)].filter(
      (one) => !standard.includes(one) && !new RegExp(`['"]${one}['"]`).test(sources),
    );
    expect(unknown).toEqual([]);
  });

  test('a collector beside each worker sends its metrics to CloudWatch', () => {
    const withCollector = tasks(name).filter(({ containers }) => containers.length > 1);
    expect(withCollector).toHaveLength(name === 'dev' ? 1 : 4);
    for (const { containers } of withCollector) {
      const config = text(variable(containers[1] as Container, 'AOT_CONFIG_CONTENT'));
      expect(config).toContain('127.0.0.1:9464');
      expect(config).toContain(`Waterclock/${name}/Workers`);
    }
  });

  test('a service publishes the metrics that alarms and scaling watch', () => {
    const publisher = mains(name).find(({ id }) => id.startsWith('Metrics'));
    expect(publisher?.Command).toEqual([
      'waterclock',
      'metrics',
      '--every',
      '60',
      '--cloudwatch',
      `Waterclock/${name}`,
    ]);
  });
});

test.each([
  {
    role: 'workflows',
    sids: ['AlertKey', 'Alerts', 'OwnQueries', 'Queries', 'RunBucket', 'RunKey', 'RunManifests', 'WatchObjects'],
    inDatabase: 'analyst',
  },
  { role: 'ingest', sids: ['IngestBuckets', 'IngestKey', 'IngestObjects'], inDatabase: undefined },
  {
    role: 'warehouse',
    sids: ['LoadBucket', 'LoadKey', 'LoadObjects', 'MarkSuperseded', 'OwnStatements', 'Statements'],
    inDatabase: 'loader',
  },
  { role: 'transform', sids: ['BuildArtifacts', 'BuildKey', 'Connect'], inDatabase: 'transformer' },
])('tasks with the role $role may do what its steps do, and nothing else', ({ role, sids, inDatabase }) => {
  // what every task has
  const common = ['WriteMetrics', 'TemporalToken'];
  const own = of('prod', 'workers', `${role}TaskRole`).filter(({ Sid }) => Sid && !common.includes(Sid));
  expect(new Set(own.map(({ Sid }) => Sid))).toEqual(new Set(sids));
  const [, iamRole] =
    resources(stackOf('prod', 'workers'), 'AWS::IAM::Role').find(([id]) => id.startsWith(`${role}TaskRole`)) ?? [];
  const tags = (iamRole?.Properties?.Tags ?? []) as { Key: string; Value: string }[];
  expect(tags.find(({ Key }) => Key === 'RedshiftDbRoles')?.Value).toBe(inDatabase);
});

test('of the lake, tasks that orchestrate read the manifests of runs and what definitions workers have, and no data', () => {
  const reading = of('prod', 'workers', 'workflowsTaskRole').filter(({ Action }) => Action.includes('s3:GetObject'));
  const lake = reading.filter(({ Sid }) => Sid !== 'SourceObjects').flatMap(({ Resource }) => Resource);
  expect(new Set(lake.map((one) => /\/(\w+)\/\*/.exec(one)?.[1]))).toEqual(new Set(['definitions', 'runs']));
});

test('only the operator reads the secret of the administrator', () => {
  const holders = of('prod', 'workers', '').filter(({ Resource }) => Resource.join().includes('redshift!'));
  expect(new Set(holders.map(({ holder }) => holder.replace(/DefaultPolicy.*/, '')))).toEqual(
    new Set(['OperatorTaskRole']),
  );
});
