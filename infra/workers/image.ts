import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { allow, noResource } from '../allow.js';
import type { FargateTask } from '../fargate-task.js';
import type { Registry } from '../registry/stack.js';

/** the one image, by the digest that the deployment names; a deployment that names none keeps it */
export function serviceImage(stack: Stack, { repository }: Registry): { image: ContainerImage; digest: string } {
  const digest = new CfnParameter(stack, 'ImageDigest', {
    description: 'digest of the image to run, as the registry shows it',
    allowedPattern: '^sha256:[0-9a-f]{64}$',
    constraintDescription: 'must be sha256: and 64 hexadecimal digits',
  });
  const image = ContainerImage.fromRegistry(`${repository.repositoryUri}@${digest.valueAsString}`);
  return { image, digest: digest.valueAsString };
}

export function allowPull({ executionRole }: FargateTask, { repository }: Registry): void {
  allow(executionRole, 'Pull', {
    actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    resources: [repository.repositoryArn],
  });
  allow(executionRole, 'SignIn', { actions: ['ecr:GetAuthorizationToken'], resources: ['*'], pattern: noResource });
}
