import { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  SubnetType,
  Vpc,
  type IVpc,
  type SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { makeStack, output } from '../make-stack.js';
import type { EnvironmentSettings } from '../settings.js';
import { accessLists } from './access-lists.js';
import { clientNetworks } from './client-networks.js';
import { interfaceEndpoints } from './interface-endpoints.js';
import { securityGroups, type GroupName } from './security-groups.js';
import { taskSubnets } from './task-subnets.js';

export interface Network {
  vpc: IVpc;
  groups: Record<GroupName, SecurityGroup>;
}

/** public for the load balancer and NAT, private for tasks, isolated for databases */
export function networkStack(scope: Construct, settings: EnvironmentSettings): Network {
  const { cidr, zones, natGateways, clients, interfaceEndpoints: withEndpoints } = settings.network;
  const stack = makeStack(scope, settings, 'network', 'VPC, subnets, security groups, endpoints');
  const flowLogs = new LogGroup(stack, 'FlowLogs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const isPrivate = natGateways > 0;
  // the class and its interface disagree on undefined
  const vpc = new Vpc(stack, 'Vpc', {
    ipAddresses: IpAddresses.cidr(cidr),
    availabilityZones: zones,
    natGateways,
    subnetConfiguration: [
      { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
      ...(isPrivate ? [{ name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 }] : []),
      { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
    ],
    flowLogs: { rejected: { destination: FlowLogDestination.toCloudWatchLogs(flowLogs) } },
    gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
  }) as IVpc;
  const { databases } = accessLists(stack, vpc, cidr);
  const groups = securityGroups(stack, vpc);
  clientNetworks(stack, { vpc, warehouse: groups.warehouse, databases, clients });
  if (withEndpoints) interfaceEndpoints(vpc, groups.endpoints);
  output(stack, 'Vpc', vpc.vpcId, 'the VPC');
  output(stack, 'TaskSubnets', vpc.selectSubnets(taskSubnets(vpc)).subnetIds.join(','), 'subnets of the tasks');
  output(stack, 'OperatorSecurityGroup', groups.tasks.securityGroupId, 'security group of the tasks of the image');
  return { vpc, groups };
}
