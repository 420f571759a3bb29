import type { EnvironmentSettings } from '../../infra/settings.js';
import { isOnDemand } from '../../infra/settings/tasks.js';
import { serviceMetrics, taskQueues } from '../../model/facts.js';
import { rpuHours, type Measured } from '../statements/billed.js';
import { awakeShare } from './awake.js';
import type { Item } from './prices.js';
import type { Workload } from './workload.js';

/** of a month */
const hours = 730;
const days = 365 / 12;

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** the parts of templates that are counted */
interface Stacks {
  stacks: Record<string, { Resources: Record<string, Resource> }>;
}

/** what an environment uses in a month: counts of its templates, hours by measured statements, and what its workload assumes */
export function quantitiesOf(
  { stacks }: Stacks,
  settings: EnvironmentSettings,
  workload: Workload,
  measured: Measured[],
): Partial<Record<Item, number>> {
  const all = Object.values(stacks).flatMap(({ Resources }) => Object.entries(Resources));
  const of = (type: string): Found[] =>
    all.flatMap(([id, { Type, Properties = {} }]) => (Type === type ? [{ id, ...Properties }] : []));
  const share = awakeShare(measured);
  const services = of('AWS::ECS::Service').map((service) => taskHours(service, of, settings, share));
  const sum = (key: 'vcpu' | 'memory' | 'addresses', kind?: 'isSpot' | 'isKept') =>
    services.reduce(
      (total, one) => total + (kind === undefined || one.isSpot === (kind === 'isSpot') ? one[key] : 0),
      0,
    );
  const gateways = of('AWS::EC2::NatGateway').length;
  const balancers = of('AWS::ElasticLoadBalancingV2::LoadBalancer');
  // one in each zone of a balancer that the internet reaches
  const balancerAddresses =
    balancers.filter(({ Scheme }) => Scheme === 'internet-facing').length * settings.network.zones.length;
  const endpoints = of('AWS::EC2::VPCEndpoint').flatMap(({ VpcEndpointType, SubnetIds }) =>
    VpcEndpointType === 'Interface' ? (SubnetIds as unknown[]) : [],
  ).length;
  const instances = of('AWS::RDS::DBInstance').length;
  const { aurora } = workload;
  const { baseCapacity } = settings.warehouse;
  return {
    'Fargate, vCPU': sum('vcpu', 'isKept'),
    'Fargate, memory': sum('memory', 'isKept'),
    'Fargate Spot, vCPU': sum('vcpu', 'isSpot'),
    'Fargate Spot, memory': sum('memory', 'isSpot'),
    'NAT gateways': gateways * hours,
    'NAT gateways, data': gateways && workload.natGb,
    'public IPv4 addresses': (gateways + balancerAddresses) * hours + sum('addresses'),
    'interface endpoints': endpoints * hours,
    'interface endpoints, data': endpoints && workload.endpointGb,
    'load balancers': balancers.length * hours,
    'Aurora, capacity': instances * aurora.units * hours,
    'Aurora, storage': instances && aurora.storageGb,
    'Aurora, requests': instances && aurora.requests,
    'Temporal Cloud, plan': settings.temporal.kind === 'cloud' ? 1 : 0,
    'Redshift, capacity': rpuHours(measured, baseCapacity) + workload.queryHours * baseCapacity * days,
    'Redshift, storage': workload.warehouseGb,
    'S3, storage': workload.lakeGb,
    'S3, requests': workload.s3Requests,
    'EFS, storage': of('AWS::EFS::FileSystem').length,
    'KMS keys': of('AWS::KMS::Key').length,
    secrets: secretsOf(settings, of('AWS::SecretsManager::Secret').length),
    'ECR, storage': workload.imagesGb,
    'logs, written': workload.logsGb,
    'metrics of our own': serviceMetricCount(settings) + workload.detailedMetrics,
    'alarms, metrics': of('AWS::CloudWatch::Alarm').reduce((total, { Metrics }) => total + metricsOf(Metrics), 0),
    dashboards: of('AWS::CloudWatch::Dashboard').length,
  };
}

type Found = { id: string } & Record<string, unknown>;

interface TaskHours {
  vcpu: number;
  memory: number;
  /** of public addresses */
  addresses: number;
  isSpot: boolean;
}

function taskHours(
  service: Found,
  of: (type: string) => Found[],
  { workers }: EnvironmentSettings,
  share: number,
): TaskHours {
  const { Ref } = service['TaskDefinition'] as { Ref: string };
  const task = of('AWS::ECS::TaskDefinition').find(({ id }) => id === Ref);
  const [name] = Object.entries(workers.services).find(([name]) => service.id.startsWith(`${name}service`)) ?? [];
  const isAwayAtTimes = name !== undefined && isOnDemand(workers.services[name]?.tasks ?? 1);
  const taskHours = Number(service['DesiredCount']) * hours * (isAwayAtTimes ? share : 1);
  const { AwsvpcConfiguration } = service['NetworkConfiguration'] as {
    AwsvpcConfiguration: { AssignPublicIp: string };
  };
  return {
    vcpu: (Number(task?.['Cpu']) / 1024) * taskHours,
    memory: (Number(task?.['Memory']) / 1024) * taskHours,
    addresses: AwsvpcConfiguration.AssignPublicIp === 'ENABLED' ? taskHours : 0,
    isSpot: JSON.stringify(service['CapacityProviderStrategy'] ?? []).includes('FARGATE_SPOT'),
  };
}

/** those of the templates, the one that Redshift makes for its administrator, and those that people put there for the settings */
function secretsOf({ temporal, workers, alerts }: EnvironmentSettings, made: number): number {
  const given = temporal.kind === 'self-hosted' ? 2 : 0;
  const channels = [alerts.slack, alerts.webhook].filter((one) => one !== undefined).length;
  return made + 1 + given + channels + Object.keys(workers.secrets).length;
}

/** by task queue: what waits, what waits for each worker, workers; and one each of the rest */
function serviceMetricCount({ workers }: EnvironmentSettings): number {
  const byQueue = 3;
  const isWaking = Object.values(workers.services).some(({ tasks }) => isOnDemand(tasks));
  return taskQueues('').length * byQueue + Object.keys(serviceMetrics).length - byQueue - (isWaking ? 0 : 1);
}

/** an alarm on an expression is billed for each metric in it */
function metricsOf(metrics: unknown): number {
  return Math.max(1, ((metrics ?? []) as { MetricStat?: unknown }[]).filter(({ MetricStat }) => MetricStat).length);
}
