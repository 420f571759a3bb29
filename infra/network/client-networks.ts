import type { Stack } from 'aws-cdk-lib';
import {
  AclCidr,
  AclTraffic,
  CfnRoute,
  Peer,
  Port,
  TrafficDirection,
  type IVpc,
  type NetworkAcl,
  type SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import type { EnvironmentSettings } from '../settings.js';

const redshift = 5439;

interface Options {
  vpc: IVpc;
  warehouse: SecurityGroup;
  /** of the isolated subnets */
  databases: NetworkAcl;
  clients: EnvironmentSettings['network']['clients'];
}

/** the way from networks of people to the warehouse and back, and to nothing else: isolated subnets have no other route */
export function clientNetworks(stack: Stack, { vpc, warehouse, databases, clients }: Options): void {
  for (const [at, { cidr, peering, transitGateway }] of clients.entries()) {
    warehouse.addIngressRule(Peer.ipv4(cidr), Port.tcp(redshift), 'people and BI tools');
    const ruleNumber = 200 + at;
    const network = AclCidr.ipv4(cidr);
    databases.addEntry(`Client${at}`, {
      ruleNumber,
      cidr: network,
      traffic: AclTraffic.tcpPort(redshift),
      direction: TrafficDirection.INGRESS,
    });
    databases.addEntry(`Client${at}Answers`, {
      ruleNumber,
      cidr: network,
      traffic: AclTraffic.tcpPortRange(1024, 65_535),
      direction: TrafficDirection.EGRESS,
    });
    for (const [zone, subnet] of vpc.isolatedSubnets.entries()) {
      new CfnRoute(stack, `Client${at}Route${zone}`, {
        routeTableId: subnet.routeTable.routeTableId,
        destinationCidrBlock: cidr,
        ...(peering && { vpcPeeringConnectionId: peering }),
        ...(transitGateway && { transitGatewayId: transitGateway }),
      });
    }
  }
}
