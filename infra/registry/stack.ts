import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { makeStack, output } from '../make-stack.js';
import type { EnvironmentSettings } from '../settings.js';

export interface Registry {
  stack: Stack;
  repository: Repository;
}

/** where images are pushed to, and deployed from by digest */
export function registryStack(scope: Construct, settings: EnvironmentSettings): Registry {
  const stack = makeStack(scope, settings, 'registry', 'images');
  const repository = new Repository(stack, 'Repository', {
    repositoryName: `waterclock-${settings.name}`,
    imageScanOnPush: true,
    imageTagMutability: TagMutability.IMMUTABLE,
    encryption: RepositoryEncryption.KMS,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      { rulePriority: 1, tagStatus: TagStatus.UNTAGGED, maxImageCount: 5, description: 'what no tag names' },
      { rulePriority: 2, tagStatus: TagStatus.ANY, maxImageCount: 50, description: 'enough to roll back to' },
    ],
  });
  output(stack, 'Repository', repository.repositoryName, 'repository of the image');
  output(stack, 'RepositoryUri', repository.repositoryUri, 'address of the repository');
  return { stack, repository };
}
