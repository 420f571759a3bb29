import {
  InterfaceVpcEndpointAwsService as service,
  SubnetType,
  type SecurityGroup,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';

const services = {
  EcrApi: service.ECR,
  EcrDocker: service.ECR_DOCKER,
  Logs: service.CLOUDWATCH_LOGS,
  SecretsManager: service.SECRETS_MANAGER,
  RedshiftData: service.REDSHIFT_DATA,
  Sts: service.STS,
};

/** what tasks ask all the time stays inside; each costs by the hour and zone, hence not in dev */
export function interfaceEndpoints(vpc: IVpc, group: SecurityGroup): void {
  for (const [name, service] of Object.entries(services)) {
    vpc.addInterfaceEndpoint(name, {
      service,
      subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [group],
      open: false,
    });
  }
}
