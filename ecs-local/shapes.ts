/** what requests and answers look like, as far as tasks of processes go; names are the API's */

export interface KeyValue {
  name: string;
  value: string;
}

export interface ContainerDefinition {
  name: string;
  image: string;
  essential?: boolean;
  entryPoint?: string[];
  command?: string[];
  workingDirectory?: string;
  environment?: KeyValue[];
  secrets?: { name: string; valueFrom: string }[];
  cpu?: number;
  memory?: number;
  memoryReservation?: number;
  /** seconds from SIGTERM to SIGKILL */
  stopTimeout?: number;
  logConfiguration?: { logDriver: string; options?: Record<string, string> };
}

export interface TaskDefinition {
  taskDefinitionArn: string;
  family: string;
  revision: number;
  status: 'ACTIVE' | 'INACTIVE';
  networkMode?: string;
  requiresCompatibilities?: string[];
  cpu?: string;
  memory?: string;
  executionRoleArn?: string;
  taskRoleArn?: string;
  containerDefinitions: ContainerDefinition[];
}

export interface ContainerOverride {
  name?: string;
  command?: string[];
  environment?: KeyValue[];
  cpu?: number;
  memory?: number;
}

export interface RunTaskInput {
  cluster?: string;
  taskDefinition?: string;
  count?: number;
  launchType?: string;
  capacityProviderStrategy?: { capacityProvider: string; weight?: number; base?: number }[];
  networkConfiguration?: {
    awsvpcConfiguration?: { subnets?: string[]; securityGroups?: string[]; assignPublicIp?: string };
  };
  overrides?: { containerOverrides?: ContainerOverride[]; cpu?: string; memory?: string; taskRoleArn?: string };
  startedBy?: string;
  clientToken?: string;
  group?: string;
  platformVersion?: string;
  tags?: { key: string; value: string }[];
}

export interface Container {
  containerArn: string;
  taskArn: string;
  name: string;
  image: string;
  lastStatus: string;
  runtimeId?: string;
  exitCode?: number;
  reason?: string;
}

export type StopCode = 'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated' | 'SpotInterruption';

export interface Task {
  taskArn: string;
  clusterArn: string;
  taskDefinitionArn: string;
  lastStatus: string;
  desiredStatus: 'RUNNING' | 'STOPPED';
  launchType?: string;
  capacityProviderName?: string;
  containers: Container[];
  overrides: NonNullable<RunTaskInput['overrides']>;
  group: string;
  startedBy?: string;
  cpu?: string;
  memory?: string;
  /** epoch seconds, as every time of the API */
  createdAt: number;
  startedAt?: number;
  stoppingAt?: number;
  stoppedAt?: number;
  stopCode?: StopCode;
  stoppedReason?: string;
  tags: { key: string; value: string }[];
  version: number;
}
