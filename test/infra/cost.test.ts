import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { billedSeconds, rpuHours } from '../../bench/statements/billed.js';
import { settings as environments } from '../../examples/infra/settings.js';
import { allResources, names } from './templates.js';

const hours = 730;
const page = readFileSync('docs/cost.md', 'utf8');

interface Row {
  what: string;
  quantity: number;
  price: number;
  month: number;
}

function tableOf(name: string): { rows: Row[]; sum: number; lines: string[][] } {
  const part = page.split(/^## /m).find((text) => text.startsWith(`${name}\n`)) ?? '';
  const cells = part.split('\n').flatMap((line) =>
    line.startsWith('|')
      ? [
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ]
      : [],
  );
  const [, , ...lines] = cells;
  const sum = Number(lines.at(-1)?.at(-1)?.replaceAll('*', ''));
  const rows = lines.slice(0, -1).map(([what = '', quantity, , price, month]) => ({
    what,
    quantity: Number(quantity),
    price: Number(price),
    month: Number(month),
  }));
  return { rows, sum, lines };
}

/** CPU units and MiB of every task that a service keeps */
function kept(name: (typeof names)[number]): { vcpu: number; memory: number } {
  const tasks = new Map(allResources(name, 'AWS::ECS::TaskDefinition').map(([id, { Properties }]) => [id, Properties]));
  const sizes = allResources(name, 'AWS::ECS::Service').map(([, { Properties }]) => {
    const { Ref } = Properties.TaskDefinition as { Ref: string };
    const count = Number(Properties.DesiredCount);
    return {
      vcpu: (Number(tasks.get(Ref)?.Cpu) / 1024) * count,
      memory: (Number(tasks.get(Ref)?.Memory) / 1024) * count,
    };
  });
  const sum = (key: 'vcpu' | 'memory') => sizes.reduce((total, size) => total + size[key], 0);
  return { vcpu: sum('vcpu'), memory: sum('memory') };
}

describe.each(names)('%s', (name) => {
  const { rows, sum } = tableOf(name);

  test('each line is quantity times price, and the sum is theirs', () => {
    expect(rows.length).toBeGreaterThan(15);
    for (const { quantity, price, month } of rows) expect(Math.abs(quantity * price - month)).toBeLessThan(0.0051);
    expect(rows.reduce((total, { month }) => total + month, 0)).toBeCloseTo(sum, 2);
    expect(page).toMatch(new RegExp(`\\| ${name} +\\| +${sum.toFixed(2)} \\|`));
  });

  test('quantities are those of the templates', () => {
    const count = (type: string) => allResources(name, type).length;
    const endpoints = allResources(name, 'AWS::EC2::VPCEndpoint').flatMap(([, { Properties }]) =>
      Properties.VpcEndpointType === 'Interface' ? (Properties.SubnetIds as unknown[]) : [],
    );
    const { vcpu, memory } = kept(name);
    const told = Object.fromEntries(rows.map(({ what, quantity }) => [what, quantity]));
    expect(told).toMatchObject({
      'Fargate, vCPU': vcpu * hours,
      'Fargate, memory': memory * hours,
      'NAT gateways': count('AWS::EC2::NatGateway') * hours,
      'KMS keys': count('AWS::KMS::Key'),
      alarms: count('AWS::CloudWatch::Alarm'),
      dashboards: count('AWS::CloudWatch::Dashboard'),
      ...(endpoints.length > 0 && { 'interface endpoints': endpoints.length * hours }),
      ...(name === 'prod' && { 'load balancers': count('AWS::ElasticLoadBalancingV2::LoadBalancer') * hours }),
    });
  });
});

describe('what the warehouse is sent', () => {
  const { lines } = tableOf('What the warehouse is sent');
  const ofPipelines = lines.filter(([name]) => name?.startsWith('`'));
  const measured = ofPipelines.map(([name = '', aDay, statements, nodes, billed]) => ({
    pipeline: name.replaceAll('`', ''),
    aDay: Number(aDay),
    statements: Number(statements),
    nodes: Number(nodes),
    billed: Number(billed),
  }));

  test('the seconds of each run follow from its counts', () => {
    expect(measured.length).toBeGreaterThan(0);
    for (const one of measured) expect(one.billed).toBe(billedSeconds(one));
  });

  test('the hours of each environment follow from these, and a day of dev stays below its limit', () => {
    const { dev, prod } = environments;
    const quantity = (name: string) => tableOf(name).rows.find(({ what }) => what === 'Redshift, capacity')?.quantity;
    const queries = 2 * prod.warehouse.baseCapacity * (365 / 12);
    expect(quantity('dev')).toBeCloseTo(rpuHours(measured, dev.warehouse.baseCapacity), 1);
    expect(quantity('prod')).toBeCloseTo(rpuHours(measured, prod.warehouse.baseCapacity) + queries, 1);
    const aDay = rpuHours(measured, dev.warehouse.baseCapacity) / (365 / 12);
    expect(aDay).toBeLessThan(dev.warehouse.usageLimit.rpuHoursPerDay);
  });
});
