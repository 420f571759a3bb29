import type { Stack } from 'aws-cdk-lib';
import { ArnPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { allow } from '../allow.js';
import type { FargateTask } from '../fargate-task.js';
import type { Lake } from '../lake/stack.js';
import type { ProjectFacts } from '../project/facts.js';
import { writesFromProcess } from '../project/tasks.js';
import type { EnvironmentSettings } from '../settings.js';
import { permitRaw } from './raw-objects.js';

/**
 * the role of programs that run as processes of a worker and write raw objects. The worker takes it for each try, narrowed to
 * the prefix of that try, so a program never has what the worker itself may do
 */
export function programRole(
  stack: Stack,
  settings: EnvironmentSettings,
  { project, lake, worker }: { project: ProjectFacts; lake: Lake; worker: FargateTask },
): void {
  const writers = project.pipelines.filter(writesFromProcess);
  if (writers.length === 0) return;
  const role = new Role(stack, 'ProgramRole', {
    assumedBy: new ArnPrincipal(worker.role.roleArn),
    description: 'programs of the team beside a worker write their raw objects as it',
  });
  permitRaw(role, writers, lake, settings);
  allow(worker.role, 'ProgramRole', { actions: ['sts:AssumeRole'], resources: [role.roleArn] });
  worker.container.addEnvironment('WATERCLOCK_TASK_ROLE_ARN', role.roleArn);
}
