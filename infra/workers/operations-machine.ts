import { Aws, type Stack } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { operatorCommands } from '../access/commands.js';
import { acknowledge } from '../acknowledge.js';
import { allow } from '../allow.js';
import type { FargateTask } from '../fargate-task.js';
import { output } from '../make-stack.js';
import type { Network } from '../network/stack.js';
import { hasOwnAddresses, taskSubnets } from '../network/task-subnets.js';

interface Options {
  name: string;
  cluster: ICluster;
  network: Network;
  task: FargateTask;
}

/** words as the input has them; JSONata, as every expression of the machine */
const words = '$states.input.words';
const isCommand = [
  `$type(${words}) = "array"`,
  `$count(${words}[$type($) != "string"]) = 0`,
  `${words}[0] in ${JSON.stringify(operatorCommands)}`,
  // the project is the image's: another folder could hold another program
  `$count(${words}[$contains($, /^--project/)]) = 0`,
].join(' and ');

/** what starts the operator's task: takes the words of a known command, and nothing else about the task */
export function operationsMachine(stack: Stack, { name, cluster, network, task }: Options): { name: string } {
  const { vpc, groups } = network;
  const role = machineRole(stack, cluster, task);
  const machine = new CfnStateMachine(stack, 'Operations', {
    stateMachineName: name,
    roleArn: role.roleArn,
    definition: {
      QueryLanguage: 'JSONata',
      StartAt: 'Check',
      States: {
        Check: { Type: 'Choice', Choices: [{ Condition: `{% ${isCommand} %}`, Next: 'Run' }], Default: 'Refuse' },
        Refuse: {
          Type: 'Fail',
          Error: 'NotACommand',
          Cause: `the input must be {"words": ["runs", ...]}, whose first word is one of ${operatorCommands.join(', ')}, without --project`,
        },
        Run: {
          Type: 'Task',
          Resource: `arn:${Aws.PARTITION}:states:::ecs:runTask.sync`,
          Arguments: {
            LaunchType: 'FARGATE',
            Cluster: cluster.clusterArn,
            TaskDefinition: task.definition.taskDefinitionArn,
            NetworkConfiguration: {
              AwsvpcConfiguration: {
                Subnets: vpc.selectSubnets(taskSubnets(vpc)).subnetIds,
                SecurityGroups: [groups.tasks.securityGroupId],
                AssignPublicIp: hasOwnAddresses(vpc) ? 'ENABLED' : 'DISABLED',
              },
            },
            Overrides: {
              ContainerOverrides: [
                { Name: task.container.containerName, Command: `{% $append(["waterclock"], ${words}) %}` },
              ],
            },
          },
          End: true,
        },
      },
    },
  });
  machine.node.addDependency(role.node.findChild('DefaultPolicy'));
  acknowledge(machine, 'SF1', 'executions keep their history for 90 days, and the log of the task keeps what it said');
  acknowledge(machine, 'SF2', 'one step long: there is nothing to trace');
  output(stack, 'Operations', machine.attrArn, 'state machine that runs commands of operators');
  return { name };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html: it waits for the task by a rule of its own */
function machineRole(
  stack: Stack,
  cluster: ICluster,
  { definition, role: taskRole, executionRole }: FargateTask,
): Role {
  const role = new Role(stack, 'OperationsRole', {
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  const here = (service: string, resource: string) =>
    `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
  allow(role, 'Run', {
    actions: ['ecs:RunTask'],
    resources: [definition.taskDefinitionArn],
    conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
  });
  allow(role, 'Pass', {
    actions: ['iam:PassRole'],
    resources: [taskRole.roleArn, executionRole.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
  allow(role, 'Await', {
    actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
    resources: [here('ecs', `task/${cluster.clusterName}/*`)],
    pattern: 'tasks of one cluster, which are named when they start',
  });
  allow(role, 'Events', {
    actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
    resources: [here('events', 'rule/StepFunctionsGetEventsForECSTaskRule')],
  });
  return role;
}
