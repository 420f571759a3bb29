import type { Construct } from 'constructs';
import type { Lake } from '../lake/stack.js';
import { makeStack, output } from '../make-stack.js';
import type { Network } from '../network/stack.js';
import type { EnvironmentSettings } from '../settings.js';
import type { TemporalAccess } from './access.js';
import { cloudTemporal } from './cloud.js';
import { selfHostedTemporal } from './self-hosted.js';
import { singleTemporal } from './single.js';

/** Temporal as the settings say: one small container, services of our own, or Temporal Cloud */
export function temporalStack(
  scope: Construct,
  settings: EnvironmentSettings,
  network: Network,
  lake: Lake,
): TemporalAccess {
  const { temporal, workers } = settings;
  const stack = makeStack(scope, settings, 'temporal', `Temporal, ${temporal.kind}`);
  const made = () => {
    if (temporal.kind === 'single') return singleTemporal(stack, settings.name, network, temporal, workers);
    if (temporal.kind === 'cloud') return cloudTemporal(stack, temporal);
    return selfHostedTemporal(stack, settings.name, network, lake, temporal, workers);
  };
  const access = made();
  output(stack, 'TemporalAddress', access.environment.TEMPORAL_ADDRESS ?? '', 'address of the frontend');
  output(stack, 'TemporalNamespace', access.namespace, 'namespace');
  if (access.webUi) output(stack, 'WebUi', access.webUi, 'the Web UI');
  return access;
}
