import type { Stack } from 'aws-cdk-lib';
import { ArnPrincipal, Role, type Role as IamRole } from 'aws-cdk-lib/aws-iam';
import { allow } from '../allow.js';
import type { Lake } from '../lake/stack.js';
import type { ProjectFacts } from '../project/facts.js';
import { writesFromProcess } from '../project/tasks.js';
import type { EnvironmentSettings } from '../settings.js';
import { permitRaw } from './raw-objects.js';

interface Options {
  project: ProjectFacts;
  lake: Lake;
  /** role of the workers that extract */
  worker: IamRole;
  /** its sessions have tags, which go on to the roles that they take: EKS Pod Identity gives them some */
  isTagged?: boolean;
}

/**
 * the role of programs that run as processes of a worker and write raw objects, by its ARN; undefined where there are none. The
 * worker takes it for each try, narrowed to the prefix of that try, so a program never has what the worker itself may do
 */
export function programRole(
  stack: Stack,
  settings: EnvironmentSettings,
  { project, lake, worker, isTagged }: Options,
): string | undefined {
  const writers = project.pipelines.filter(writesFromProcess);
  if (writers.length === 0) return undefined;
  const trusted = new ArnPrincipal(worker.roleArn);
  const role = new Role(stack, 'ProgramRole', {
    assumedBy: isTagged ? trusted.withSessionTags() : trusted,
    description: 'programs of the team beside a worker write their raw objects as it',
  });
  permitRaw(role, writers, lake, settings);
  const actions = ['sts:AssumeRole', ...(isTagged ? ['sts:TagSession'] : [])];
  allow(worker, 'ProgramRole', { actions, resources: [role.roleArn] });
  return role.roleArn;
}
