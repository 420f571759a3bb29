import type { Stack } from 'aws-cdk-lib';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { GivenValue } from './settings/input.js';

/** a secret that people put into Secrets Manager, for a container's environment */
export function givenSecret(stack: Stack, id: string, value: GivenValue): EcsSecret {
  const { arn, field } = typeof value === 'string' ? { arn: value } : value;
  return EcsSecret.fromSecretsManager(Secret.fromSecretCompleteArn(stack, id, arn), field);
}
