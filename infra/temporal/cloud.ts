import type { Stack } from 'aws-cdk-lib';
import { givenSecret } from '../given-secret.js';
import type { TemporalAccess } from './access.js';
import type { TemporalSettings } from './stack.js';

/** nothing of ours runs: retention, search attributes and people are set in Temporal Cloud */
export function cloudTemporal(stack: Stack, { address, namespace, apiKey }: TemporalSettings<'cloud'>): TemporalAccess {
  return {
    namespace,
    environment: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, TEMPORAL_TLS: 'true' },
    secrets: { TEMPORAL_API_KEY: givenSecret(stack, 'ApiKey', apiKey) },
    webUi: 'https://cloud.temporal.io',
  };
}
