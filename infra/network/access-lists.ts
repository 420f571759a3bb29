import type { Stack } from 'aws-cdk-lib';
import { AclCidr, AclTraffic, NetworkAcl, SubnetType, TrafficDirection, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { acknowledge } from '../acknowledge.js';

const reason =
  'a second fence behind the security groups: databases never speak with the internet, whatever a group says';

/** access lists are stateless: answers from outside come back to ephemeral ports; returns that of the databases */
export function accessLists(stack: Stack, vpc: IVpc, cidr: string): { databases: NetworkAcl } {
  const inside = AclCidr.ipv4(cidr);
  const anywhere = AclCidr.anyIpv4();
  const https = AclTraffic.tcpPort(443);
  const answers = AclTraffic.tcpPortRange(1024, 65_535);
  const everything = AclTraffic.allTraffic();
  const { INGRESS: direction } = TrafficDirection;

  const list = (name: string, subnetType: SubnetType) => {
    const acl = new NetworkAcl(stack, `${name}AccessList`, { vpc, subnetSelection: { subnetType } });
    acknowledge(acl, 'VPC3', reason);
    acl.addEntry('FromInside', { ruleNumber: 100, cidr: inside, traffic: everything, direction });
    return acl;
  };

  const open = list('Public', SubnetType.PUBLIC);
  open.addEntry('Https', { ruleNumber: 110, cidr: anywhere, traffic: https, direction });
  open.addEntry('Answers', { ruleNumber: 120, cidr: anywhere, traffic: answers, direction });

  const tasks = vpc.privateSubnets.length > 0 ? [list('Private', SubnetType.PRIVATE_WITH_EGRESS)] : [];
  for (const acl of tasks) {
    acl.addEntry('Answers', { ruleNumber: 120, cidr: anywhere, traffic: answers, direction });
  }

  const databases = list('Isolated', SubnetType.PRIVATE_ISOLATED);
  for (const [acl, to] of [
    [open, anywhere],
    ...tasks.map((acl) => [acl, anywhere] as const),
    [databases, inside],
  ] as const) {
    acl.addEntry('Out', { ruleNumber: 100, cidr: to, traffic: everything, direction: TrafficDirection.EGRESS });
  }
  return { databases };
}
