import { describe, expect, test } from 'vitest';
import { allResources, names, resources, stackOf } from './templates.js';

const endpoints = (name: (typeof names)[number], kind: string) =>
  resources(stackOf(name, 'network'), 'AWS::EC2::VPCEndpoint')
    .filter(([, { Properties }]) => Properties?.VpcEndpointType === kind)
    .map(([, { Properties }]) => JSON.stringify(Properties?.ServiceName));

test('dev has one NAT gateway, prod one in each zone', () => {
  expect(resources(stackOf('dev', 'network'), 'AWS::EC2::NatGateway')).toHaveLength(1);
  expect(resources(stackOf('prod', 'network'), 'AWS::EC2::NatGateway')).toHaveLength(3);
});

test('dev has no interface endpoint, prod those of what tasks ask all the time', () => {
  expect(endpoints('dev', 'Interface')).toEqual([]);
  const found = endpoints('prod', 'Interface').join(' ');
  for (const service of ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'redshift-data', 'sts']) {
    expect(found).toContain(`.${service}`);
  }
});

describe.each(names)('%s', (name) => {
  test('S3 is reached by a gateway endpoint', () => {
    expect(endpoints(name, 'Gateway').join(' ')).toContain('.s3');
  });

  test('there are public, private and isolated subnets over three zones', () => {
    const subnets = resources(stackOf(name, 'network'), 'AWS::EC2::Subnet').map(([id]) => id);
    for (const kind of ['public', 'private', 'isolated']) {
      expect(subnets.filter((id) => id.includes(`${kind}Subnet`))).toHaveLength(3);
    }
  });

  test('no subnet gives public addresses, and only public ones lead to the internet gateway', () => {
    const network = stackOf(name, 'network');
    for (const [, { Properties }] of resources(network, 'AWS::EC2::Subnet')) {
      expect(Properties?.MapPublicIpOnLaunch).toBe(false);
    }
    const routes = resources(network, 'AWS::EC2::Route');
    const out = routes.filter(([, { Properties }]) => Properties?.GatewayId).map(([id]) => id);
    expect(out.every((id) => id.includes('publicSubnet'))).toBe(true);
    expect(routes.some(([id]) => id.includes('isolated'))).toBe(false);
  });

  test('only HTTPS to the load balancer of the Web UI comes in from anywhere', () => {
    const open = [
      ...allResources(name, 'AWS::EC2::SecurityGroup').flatMap(([id, { Properties }]) =>
        ((Properties?.SecurityGroupIngress ?? []) as Record<string, unknown>[]).map((rule) => ({ id, ...rule })),
      ),
      ...allResources(name, 'AWS::EC2::SecurityGroupIngress').map(([id, { Properties }]) => ({ id, ...Properties })),
    ].filter((rule: Record<string, unknown>) => rule.CidrIp ?? rule.CidrIpv6);
    expect(open).toMatchObject(
      [{ id: /webUiBalancer/, CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }].map((rule) => ({
        ...rule,
        id: expect.stringMatching(rule.id) as string,
      })),
    );
  });

  test('databases answer inside of the VPC only', () => {
    const entries = resources(stackOf(name, 'network'), 'AWS::EC2::NetworkAclEntry').filter(([id]) =>
      id.startsWith('Isolated'),
    );
    expect(entries.map(([, { Properties }]) => Properties?.CidrBlock)).toEqual([
      expect.stringMatching(/^10\./),
      expect.stringMatching(/^10\./),
    ]);
  });

  test('refused traffic is logged', () => {
    const [[, log] = []] = resources(stackOf(name, 'network'), 'AWS::EC2::FlowLog');
    expect(log?.Properties).toMatchObject({ TrafficType: expect.stringMatching(/REJECT|ALL/) as string });
  });
});
