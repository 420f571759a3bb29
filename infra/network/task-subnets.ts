import { SubnetType, type IVpc } from 'aws-cdk-lib/aws-ec2';

/** private where a NAT gateway leads out of them; else public: then each task needs an address of its own */
export const taskSubnets = (vpc: IVpc): { subnetType: SubnetType } => ({
  subnetType: vpc.privateSubnets.length > 0 ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PUBLIC,
});

export const hasOwnAddresses = (vpc: IVpc): boolean => vpc.privateSubnets.length === 0;
