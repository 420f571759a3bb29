import { afterEach, describe, expect, test, vi } from 'vitest';
import { smallDev } from '../../examples/infra/small/dev.js';
import { smallProd } from '../../examples/infra/small/prod.js';
import { defineEnvironment } from '../../infra/settings.js';
import { ecsServices, readOnDemand } from '../../control/on-demand/services.js';
import { recordingProxy } from '../support/aws-calls/recording-proxy.js';
import { judge } from './judge/judge.js';
import { resourcePolicies, rolesOf } from './judge/policies.js';
import { resolver } from './judge/resolve.js';
import { resources, synthesize, type Properties, type Template } from './templates.js';

afterEach(() => vi.unstubAllEnvs());

const small = { dev: synthesize(smallDev), prod: synthesize(smallProd) };
const stack = (name: keyof typeof small, of: string): Template => small[name].stacks[of] ?? { Resources: {} };

/** the command of the task that publishes the metrics, with the names that AWS would give */
function publisherCommand(name: keyof typeof small): string[] {
  const template = stack(name, 'workers');
  const [[, found] = []] = resources(template, 'AWS::ECS::TaskDefinition').filter(([id]) => id.startsWith('Metrics'));
  const [main] = (found?.Properties.ContainerDefinitions ?? []) as { Command: unknown[] }[];
  return resolver(small[name], name)(template, main?.Command) as string[];
}

describe.each(['dev', 'prod'] as const)('small %s', (name) => {
  test('its worker is started and stopped by the task that publishes the metrics, every 30 seconds', () => {
    const command = publisherCommand(name);
    expect(command.slice(0, 4)).toEqual(['waterclock', 'metrics', '--every', '30']);
    const { cluster, tasks } = readOnDemand(command.at(-1) ?? '');
    expect(cluster).toMatch(/Cluster/);
    expect([...tasks]).toEqual([[expect.stringMatching(/workerservice/), 1]]);
  });

  test('that task may do what it then asks of ECS, and nothing with another service', async () => {
    const { cluster, tasks } = readOnDemand(publisherCommand(name).at(-1) ?? '');
    const [service = ''] = [...tasks.keys()];
    const proxy = await recordingProxy({
      servers: {},
      answer: () => ({ text: JSON.stringify({ services: [{ serviceName: service, desiredCount: 0 }] }) }),
    });
    const variables = { AWS_ENDPOINT_URL_ECS: proxy.url, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' };
    for (const [key, value] of Object.entries({ ...variables, AWS_SECRET_ACCESS_KEY: 'example' }))
      vi.stubEnv(key, value);
    await ecsServices({ cluster, tasks }).setWanted(true);
    proxy.close();
    const policies = rolesOf(small[name], resolver(small[name], name), 'workers').find(
      ({ name }) => name === 'MetricsTaskRole',
    );
    if (!policies) throw new Error('the templates lack the role of the task that publishes the metrics');
    const judged = {
      resourcePolicies: resourcePolicies(small[name], resolver(small[name], name)),
      keys: new Map(),
      adminSecret: { arn: '', key: '' },
    };
    expect(proxy.calls.map(({ action }) => action)).toEqual(['ecs:DescribeServices', 'ecs:UpdateService']);
    for (const call of proxy.calls) {
      expect(await judge(policies, call, judged)).toMatchObject({ call, isAllowed: true });
      const other = { ...call, resource: call.resource.replace(service, 'metrics-service') };
      expect(await judge(policies, other, judged)).toMatchObject({ isAllowed: false });
    }
  });

  test('a deployment begins with the worker, which the new version needs to take the work', () => {
    const counts = resources(stack(name, 'workers'), 'AWS::ECS::Service').map(
      ([, { Properties }]) => Properties.DesiredCount,
    );
    expect(counts).toEqual([1, 1]);
  });

  test('an alarm for a worker that is away counts only where one is wanted; the watch may be silent for two hours', () => {
    const alarms = new Map(
      resources(stack(name, 'observability'), 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
        String(Properties.AlarmName).replace(`waterclock-${name}-`, ''),
        Properties,
      ]),
    );
    const down = alarms.get('WorkerDown-waterclock-ingest') ?? {};
    expect((down.Metrics as Properties[]).find(({ Expression }) => Expression)).toMatchObject({
      Expression: 'IF(wanted > 0, workers, 1)',
    });
    expect(alarms.get('WatchSilent')).toMatchObject({ Period: 7200, TreatMissingData: 'breaching' });
  });

  test('it leaves out metrics by pipeline and by container', () => {
    const workers = JSON.stringify(stack(name, 'workers'));
    expect(workers).not.toContain('aws-otel-collector');
    expect(workers).toContain('{"Name":"containerInsights","Value":"disabled"}');
  });
});

test('tasks on spare capacity are those of a cluster that has it before its services are made', () => {
  const [[, cluster] = []] = resources(stack('dev', 'workers'), 'AWS::ECS::Cluster');
  const services = resources(stack('dev', 'workers'), 'AWS::ECS::Service').map(([, { Properties }]) => Properties);
  expect(services.map(({ CapacityProviderStrategy }) => CapacityProviderStrategy)).toEqual([
    [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
    [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
  ]);
  expect(cluster?.Properties.CapacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT']);
  expect(JSON.stringify(stack('prod', 'workers'))).not.toContain('FARGATE_SPOT');
});

describe('an environment without NAT gateways', () => {
  const open = ['AWS::ECS::Service'].flatMap((type) =>
    Object.values(small.dev.stacks).flatMap((template) => resources(template, type)),
  );

  test('gives each task an address of its own, in a public subnet', () => {
    expect(open).toHaveLength(3);
    for (const [, { Properties }] of open) {
      const { AwsvpcConfiguration } = Properties.NetworkConfiguration as { AwsvpcConfiguration: Properties };
      expect(AwsvpcConfiguration.AssignPublicIp).toBe('ENABLED');
      expect(JSON.stringify(AwsvpcConfiguration.Subnets)).toContain('publicSubnet');
    }
    expect(resources(stack('dev', 'network'), 'AWS::EC2::NatGateway')).toEqual([]);
    expect(stack('dev', 'network').Outputs).toHaveProperty('TaskSubnets');
  });

  test('lets nothing from outside connect to a task', () => {
    const groups = new Set(
      open.map(([, { Properties }]) =>
        JSON.stringify(
          (Properties.NetworkConfiguration as { AwsvpcConfiguration: Properties }).AwsvpcConfiguration.SecurityGroups,
        ),
      ),
    );
    expect(groups.size).toBe(2);
    const fromOutside = Object.values(small.dev.stacks).flatMap((template) => [
      ...resources(template, 'AWS::EC2::SecurityGroup').flatMap(([id, { Properties }]) =>
        ((Properties.SecurityGroupIngress ?? []) as Properties[]).map(() => id),
      ),
      ...resources(template, 'AWS::EC2::SecurityGroupIngress').flatMap(([id, { Properties }]) =>
        Properties.CidrIp === undefined ? [] : [id],
      ),
    ]);
    // the load balancer of a Web UI, which a single Temporal does not have
    expect(fromOutside.map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['webUiBalancerGroup']);
  });

  test.each([
    [
      'with interface endpoints',
      { ...smallDev, network: { ...smallDev.network, interfaceEndpoints: true } },
      'network.interfaceEndpoints: must be false',
    ],
    [
      'with a warehouse of 5 RPU',
      { ...smallDev, warehouse: { ...smallDev.warehouse, baseCapacity: 5 } },
      'warehouse.baseCapacity: must be 4 or a multiple of 8',
    ],
  ])('%s is refused', (_, input, message) => {
    expect(() => defineEnvironment(input)).toThrow(message);
  });
});
