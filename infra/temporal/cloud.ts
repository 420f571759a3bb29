import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { acknowledge } from '../acknowledge.js';
import { output } from '../make-stack.js';
import type { TemporalSettings } from '../settings.js';
import type { TemporalAccess } from './access.js';

/** nothing of ours runs: retention, search attributes and people are set in Temporal Cloud */
export function cloudTemporal(stack: Stack, { address, namespace }: TemporalSettings<'cloud'>): TemporalAccess {
  const apiKey = new Secret(stack, 'ApiKey', {
    description: 'API key of Temporal Cloud: put it here before the workers are deployed',
    removalPolicy: RemovalPolicy.RETAIN,
  }) as ISecret;
  acknowledge(apiKey, 'SMG4', 'Temporal Cloud makes the key: somebody puts the next one here before the last one ends');
  output(stack, 'TemporalApiKey', apiKey.secretArn, 'secret that holds the API key of Temporal Cloud');
  return {
    namespace,
    environment: {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_TLS: 'true',
      TEMPORAL_API_KEY: apiKey.secretArn,
    },
    token: apiKey.secretArn,
    webUi: 'https://cloud.temporal.io',
  };
}
