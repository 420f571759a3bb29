import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  Instance,
  InstanceType,
  OperatingSystemType,
  Port,
  SecurityGroup,
  SubnetType,
  UserData,
  type ISecurityGroup,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.js';
import { allow, noResource } from '../allow.js';

export interface AirbyteHostProps {
  /** with private subnets that reach the internet: connectors do */
  vpc: IVpc;
  /** who may reach the server: the security group of the workers */
  from: ISecurityGroup;
  /** an Amazon Linux 2023 image. Named, since another one replaces the instance */
  ami: string;
  /** port of the cluster's ingress; 8000 when absent, as `abctl` has it */
  port?: number;
  /** `t3.xlarge` when absent */
  instanceType?: string;
  /** GB of its disk; 100 when absent */
  diskGigabytes?: number;
  /** backups of each day are kept so long; 30 when absent */
  backupDays?: number;
}

export interface AirbyteHost {
  instance: Instance;
  securityGroup: SecurityGroup;
}

/** what SSM needs of an instance, for Session Manager and Run Command */
const sessionActions = [
  'ssm:UpdateInstanceInformation',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
];

/** one machine with Docker for an Airbyte server, reached by workers alone; `abctl local install` is run on it by SSM */
export function airbyteHost(scope: Construct, id: string, props: AirbyteHostProps): AirbyteHost {
  const host = new Construct(scope, id);
  const { vpc, from, ami, port = 8000, instanceType = 't3.xlarge', diskGigabytes = 100, backupDays = 30 } = props;
  const role = new Role(host, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  allow(role, 'Sessions', { actions: sessionActions, resources: ['*'], pattern: noResource });
  const securityGroup = new SecurityGroup(host, 'Group', { vpc, description: 'the Airbyte server' });
  securityGroup.addIngressRule(from, Port.tcp(port), 'workers');
  const userData = UserData.forLinux();
  userData.addCommands('dnf install -y docker', 'systemctl enable --now docker');
  const volume = BlockDeviceVolume.ebs(diskGigabytes, {
    encrypted: true,
    volumeType: EbsDeviceVolumeType.GP3,
    // its state is there
    deleteOnTermination: false,
  });
  const instance = new Instance(host, 'Instance', {
    vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    instanceType: new InstanceType(instanceType),
    machineImage: { getImage: () => ({ imageId: ami, osType: OperatingSystemType.LINUX, userData }) },
    securityGroup,
    role,
    userData,
    blockDevices: [{ deviceName: '/dev/xvda', volume }],
    requireImdsv2: true,
    detailedMonitoring: true,
    disableApiTermination: true,
  });
  Validations.of(instance).acknowledge({
    id: 'CloudFormation-Validate::W9010',
    reason: 'a parameter that names the newest image would replace the instance',
  });
  const backupVault = new BackupVault(host, 'Vault');
  const plan = new BackupPlan(host, 'Backups', { backupVault });
  plan.addRule(
    new BackupPlanRule({
      ruleName: 'daily',
      scheduleExpression: Schedule.cron({ hour: '3', minute: '0' }),
      deleteAfter: Duration.days(backupDays),
    }),
  );
  const selection = plan.addSelection('Disk', { resources: [BackupResource.fromEc2Instance(instance)] });
  const reason = `the role by which AWS Backup works in ${Stack.of(host).stackName} has the policy that AWS made for it`;
  acknowledge(selection, 'IAM4', reason);
  return { instance, securityGroup };
}
