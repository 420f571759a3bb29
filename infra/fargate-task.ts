import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  type FargateTaskDefinitionProps,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { acknowledge } from './acknowledge.js';

export interface FargateTask {
  definition: FargateTaskDefinition;
  container: ContainerDefinition;
  /** what the program may do */
  role: Role;
  /** what starting it may do: pull, read its secrets, write its log */
  executionRole: Role;
  logGroup: LogGroup;
}

interface Options {
  /** made of the stack's name and the id when absent */
  family?: string;
  size: { cpu: number; memory: number };
  container: ContainerDefinitionOptions;
  retention?: RetentionDays;
  volumes?: FargateTaskDefinitionProps['volumes'];
}

/** a task of one container with roles and a log group of its own */
export function fargateTask(stack: Stack, id: string, options: Options): FargateTask {
  const { family, size, container, retention = RetentionDays.ONE_MONTH, volumes } = options;
  const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');
  const role = new Role(stack, `${id}TaskRole`, { assumedBy });
  const executionRole = new Role(stack, `${id}ExecutionRole`, { assumedBy });
  const logGroup = new LogGroup(stack, `${id}Logs`, { retention, removalPolicy: RemovalPolicy.DESTROY });
  const definition = new FargateTaskDefinition(stack, `${id}Task`, {
    ...(family !== undefined && { family }),
    cpu: size.cpu,
    memoryLimitMiB: size.memory,
    taskRole: role,
    executionRole,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.X86_64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    ...(volumes && { volumes }),
  });
  acknowledge(definition, 'ECS2', 'these are addresses and names; what is secret comes from Secrets Manager');
  return {
    definition,
    role,
    executionRole,
    logGroup,
    container: definition.addContainer('main', {
      stopTimeout: Duration.seconds(120),
      logging: LogDriver.awsLogs({ logGroup, streamPrefix: id.toLowerCase() }),
      ...container,
    }),
  };
}
