import { expect, test } from 'vitest';
import { dev } from '../../examples/infra/dev.js';
import { defineEnvironment } from '../../infra/settings.js';
import { resources, stackOf, synthesize, type Template } from './templates.js';

const withClients = (clients: object[]) => ({ ...dev, network: { ...dev.network, clients } }) as typeof dev;
const office = { cidr: '10.8.0.0/16', peering: 'pcx-0a1b2c' };
const vpn = { cidr: '10.9.0.0/16', transitGateway: 'tgw-0a1b2c' };
const network = synthesize(withClients([office, vpn])).stacks['network'] as Template;

test('networks of people reach the warehouse on its port, by a route of their own, and no other group', () => {
  const open = resources(network, 'AWS::EC2::SecurityGroup').flatMap(([id, { Properties }]) =>
    ((Properties.SecurityGroupIngress ?? []) as Record<string, unknown>[])
      .filter(({ CidrIp }) => CidrIp !== '0.0.0.0/0')
      .map(({ CidrIp, FromPort, ToPort }) => [id.replace(/[0-9A-F]{8}$/, ''), CidrIp, FromPort, ToPort]),
  );
  expect(open).toEqual([
    ['warehouseGroup', '10.8.0.0/16', 5439, 5439],
    ['warehouseGroup', '10.9.0.0/16', 5439, 5439],
  ]);
  const routes = resources(network, 'AWS::EC2::Route').flatMap(([, { Properties }]) =>
    Properties.VpcPeeringConnectionId === undefined && Properties.TransitGatewayId === undefined ? [] : [Properties],
  );
  expect(routes).toHaveLength(6);
  for (const { RouteTableId } of routes) expect(JSON.stringify(RouteTableId)).toContain('isolated');
});

test('the access list of the databases lets them in on that port, and answers out, and nothing more than before', () => {
  const entries = (template: Template) =>
    resources(template, 'AWS::EC2::NetworkAclEntry')
      .filter(([id]) => id.startsWith('Isolated'))
      .map(
        ([
          ,
          {
            Properties: { CidrBlock, Egress, PortRange },
          },
        ]) => ({ CidrBlock, Egress, PortRange }),
      );
  const before = entries(stackOf('dev', 'network'));
  const added = entries(network).filter(({ CidrBlock }) => CidrBlock === '10.8.0.0/16');
  expect(entries(network)).toHaveLength(before.length + 4);
  expect(added).toEqual([
    { CidrBlock: '10.8.0.0/16', Egress: false, PortRange: { From: 5439, To: 5439 } },
    { CidrBlock: '10.8.0.0/16', Egress: true, PortRange: { From: 1024, To: 65_535 } },
  ]);
});

test.each([
  ['everybody', { cidr: '0.0.0.0/0', peering: 'pcx-0a1b2c' }, 'network.clients.0.cidr: must not be everything'],
  [
    'a network without a way to it',
    { cidr: '10.8.0.0/16' },
    'network.clients.0: needs either peering or transitGateway',
  ],
  ['a network with two', { ...office, transitGateway: 'tgw-0a1b2c' }, 'needs either peering or transitGateway'],
])('%s is refused', (_, client, message) => {
  expect(() => defineEnvironment(withClients([client]))).toThrow(message);
});
