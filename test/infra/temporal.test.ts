import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { settings as environments } from '../../examples/infra/settings.js';
import { resources, stackOf, synthesize, type Template } from './templates.js';
import { text } from './statements.js';

interface Container {
  Name: string;
  Image: unknown;
  Command?: string[];
  Environment?: { Name: string; Value: unknown }[];
  Secrets?: { Name: string; ValueFrom: unknown }[];
  HealthCheck?: { Command: string[] };
}

const containers = (template: Template) =>
  resources(template, 'AWS::ECS::TaskDefinition').flatMap(([id, { Properties }]) =>
    (Properties.ContainerDefinitions as Container[]).map((container) => ({ id, ...container })),
  );
const environmentOf = ({ Environment = [] }: Container) =>
  Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));
const { temporal: selfHosted } = environments.prod;
if (selfHosted.kind !== 'self-hosted') throw new Error('prod hosts Temporal itself');

describe('self-hosted', () => {
  const template = stackOf('prod', 'temporal');
  const servers = containers(template).filter(({ Image }) => text(Image).startsWith('temporalio/server:'));

  test('each service of the server runs on its own', () => {
    expect(new Set(servers.map((server) => environmentOf(server).TEMPORAL_SERVICES))).toEqual(
      new Set(['frontend', 'history', 'internal-frontend', 'matching', 'worker']),
    );
  });

  test.each(servers)('$id keeps 512 shards and asks who calls', (server) => {
    expect(environmentOf(server)).toMatchObject({
      NUM_HISTORY_SHARDS: '512',
      SQL_TLS_ENABLED: 'true',
      USE_INTERNAL_FRONTEND: 'true',
      TEMPORAL_AUTH_AUTHORIZER: 'default',
      TEMPORAL_AUTH_CLAIM_MAPPER: 'default',
      TEMPORAL_JWT_KEY_SOURCE1: expect.stringContaining('jwks'),
    });
  });

  test.each(servers)('$id takes the tokens of one audience alone', (server) => {
    // as the template of the server's configuration, which the image renders
    const claim = String(environmentOf(server).TEMPORAL_JWT_PERMISSIONS_CLAIM);
    const rendered = `authorization:\n        permissionsClaimName: ${claim}\n        permissionsRegex: \n        authorizer: default\n`;
    expect(parse(rendered)).toEqual({
      authorization: {
        permissionsClaimName: selfHosted.identity.permissionsClaim,
        audience: selfHosted.identity.audience,
        permissionsRegex: null,
        authorizer: 'default',
      },
    });
    expect(selfHosted.identity.audience).toBeTruthy();
  });

  test.each(servers)('$id has a pinned image, a health check, and its password from Secrets Manager', (server) => {
    expect(text(server.Image)).toMatch(/:\d+\.\d+\.\d+$/);
    expect(server.HealthCheck?.Command.join(' ')).toMatch(/nc -z 127\.0\.0\.1 69\d\d/);
    expect(server.Secrets?.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['POSTGRES_USER', 'POSTGRES_PWD']));
  });

  test('no secret is an ordinary variable', () => {
    const names = containers(template).flatMap(({ Environment = [] }) => Environment.map(({ Name }) => Name));
    expect(names.filter((name) => /PWD|PASSWORD|SECRET|TOKEN|API_KEY/.test(name))).toEqual([]);
  });

  test('the database is encrypted, has a second instance, and cannot be deleted', () => {
    const [[, cluster] = []] = resources(template, 'AWS::RDS::DBCluster');
    expect(cluster).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        Engine: 'aurora-postgresql',
        StorageEncrypted: true,
        DeletionProtection: true,
        BackupRetentionPeriod: 35,
      },
    });
    const instances = resources(template, 'AWS::RDS::DBInstance');
    expect(instances).toHaveLength(2);
    for (const [, { Properties }] of instances) expect(Properties?.PubliclyAccessible).not.toBe(true);
  });

  test('schema, then services, then the namespace', () => {
    const dependencies = (id: string) => [template.Resources[id]?.DependsOn ?? []].flat();
    const find = (prefix: string, type: string) =>
      resources(template, type)
        .map(([id]) => id)
        .filter((id) => id.startsWith(prefix));
    const [schema = ''] = find('SchemaRun', 'AWS::CloudFormation::CustomResource');
    const [namespace = ''] = find('NamespaceRun', 'AWS::CloudFormation::CustomResource');
    const services = servers.flatMap((server) =>
      find(`${String(environmentOf(server).TEMPORAL_SERVICES).replace('-', '')}service`, 'AWS::ECS::Service'),
    );
    expect(services).toHaveLength(5);
    expect(dependencies(schema).some((id) => id.startsWith('Databasewriter'))).toBe(true);
    for (const service of services) expect(dependencies(service)).toContain(schema);
    expect(dependencies(namespace)).toEqual(expect.arrayContaining(services));
  });

  test('clients speak TLS with the frontend, inside of the VPC', () => {
    const [[, balancer] = []] = resources(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').filter(
      ([, { Properties }]) => Properties?.Type === 'network',
    );
    expect(balancer?.Properties?.Scheme).toBe('internal');
    const listeners = resources(template, 'AWS::ElasticLoadBalancingV2::Listener').map(
      ([, { Properties }]) => Properties,
    );
    expect(listeners).toContainEqual(
      expect.objectContaining({ Port: 7233, Protocol: 'TLS', AlpnPolicy: ['HTTP2Only'] }),
    );
  });

  test('the Web UI forwards only who has signed in, and writes nothing', () => {
    const listeners = resources(template, 'AWS::ElasticLoadBalancingV2::Listener').map(
      ([, { Properties }]) => Properties,
    );
    const people = listeners.filter((listener) => listener?.Protocol === 'HTTPS');
    expect(people).toHaveLength(1);
    const actions = people[0]?.DefaultActions as { Type: string; Order: number }[];
    expect(actions.map(({ Type }) => Type)).toEqual(['authenticate-oidc', 'forward']);
    expect(listeners.filter((listener) => listener?.Protocol === 'HTTP')).toEqual([]);
    const ui = containers(template).find(({ Image }) => text(Image).startsWith('temporalio/ui:'));
    expect(ui && environmentOf(ui)).toMatchObject({
      TEMPORAL_DISABLE_WRITE_ACTIONS: 'true',
      TEMPORAL_AUTH_ENABLED: 'true',
    });
  });

  test('it is the only load balancer that faces the internet', () => {
    const facing = resources(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
      .filter(([, { Properties }]) => Properties?.Scheme === 'internet-facing')
      .map(([id]) => id);
    expect(facing).toEqual([expect.stringMatching(/^WebUiBalancer/)]);
  });

  test('the client secret is read when the stack is deployed, and is not in it', () => {
    expect(JSON.stringify(template)).toContain('{{resolve:secretsmanager:');
  });
});

test('every task with a token may read the secret that has it, and nothing is given its value', () => {
  const template = stackOf('prod', 'workers');
  const tasks = containers(template).filter(({ Name }) => Name === 'main');
  expect(tasks.length).toBeGreaterThan(4);
  for (const task of tasks) {
    expect(environmentOf(task).TEMPORAL_API_KEY).toBe(selfHosted.workerToken);
    expect(task.Secrets?.map(({ Name }) => Name) ?? []).not.toContain('TEMPORAL_API_KEY');
  }
  const policies = resources(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    JSON.stringify(Properties).includes('"Sid":"TemporalToken"'),
  );
  expect(policies).toHaveLength(tasks.length);
});

describe('single', () => {
  const template = stackOf('dev', 'temporal');

  test('is one small container that never runs twice, on an encrypted file system', () => {
    const [[, service] = [], ...more] = resources(template, 'AWS::ECS::Service');
    expect(more).toEqual([]);
    expect(service?.Properties).toMatchObject({
      DesiredCount: 1,
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
    const [[, files] = []] = resources(template, 'AWS::EFS::FileSystem');
    expect(files?.Properties?.Encrypted).toBe(true);
    const [[, task] = []] = resources(template, 'AWS::ECS::TaskDefinition');
    expect(JSON.stringify(task?.Properties?.Volumes)).toMatch(/"TransitEncryption":"ENABLED"/);
  });

  test('reads the queues of its one shard as they fill', () => {
    const [[, task] = []] = resources(template, 'AWS::ECS::TaskDefinition');
    expect(JSON.stringify(task?.Properties?.ContainerDefinitions)).toContain(
      '"--dynamic-config-value","history.transferProcessorMaxPollRPS=1000"',
    );
  });
});

test('Temporal Cloud is a setting: nothing of ours runs, its key is in Secrets Manager', () => {
  const { stacks } = synthesize({
    ...environments.dev,
    temporal: { kind: 'cloud', address: 'ns.account.tmprl.cloud:7233', namespace: 'ns.account' },
  });
  const types = Object.values(stacks.temporal?.Resources ?? {}).map(({ Type }) => Type);
  expect(types).toEqual(['AWS::SecretsManager::Secret']);
  const tasks = containers(stacks.workers as Template).filter(({ Name }) => Name === 'main');
  expect(tasks.length).toBeGreaterThan(2);
  for (const container of tasks) {
    expect(environmentOf(container)).toMatchObject({
      TEMPORAL_ADDRESS: 'ns.account.tmprl.cloud:7233',
      TEMPORAL_NAMESPACE: 'ns.account',
    });
    // the place and not the value: a worker reads it again, and outlives a token
    expect(container.Secrets ?? []).toEqual([]);
    expect(text(environmentOf(container).TEMPORAL_API_KEY)).toContain('ApiKey');
  }
});
