import { App, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { accessStack } from './access/stack.js';
import { deliveryStack } from './delivery/stack.js';
import { lakeStack } from './lake/stack.js';
import { awsSolutions } from './nag.js';
import { networkStack } from './network/stack.js';
import { observabilityStack } from './observability/stack.js';
import { registryStack } from './registry/stack.js';
import type { EnvironmentSettings } from './settings.js';
import { temporalStack } from './temporal/stack.js';
import { warehouseStack } from './warehouse/stack.js';
import { workersStack } from './workers/stack.js';

/** synthesis fails on a finding of cdk-nag without a reason */
export function makeApp(outdir?: string): App {
  const app = new App({
    // strong references: a stack that another one uses cannot be taken away
    context: { ...recommendedFlags, '@aws-cdk/core:defaultCrossStackReferences': 'strong' },
    analyticsReporting: false,
    ...(outdir && { outdir }),
  });
  Validations.of(app).addPlugins(awsSolutions(app));
  return app;
}

/** every stack of one environment */
export function addStacks(app: App, settings: EnvironmentSettings): void {
  const network = networkStack(app, settings);
  const lake = lakeStack(app, settings);
  const warehouse = warehouseStack(app, settings, network, lake);
  const temporal = temporalStack(app, settings, network, lake);
  const registry = registryStack(app, settings);
  const alerts = observabilityStack(app, settings);
  const { sourceBuckets, secrets: sourceSecrets } = settings.workers;
  const parts = { network, lake, warehouse, registry, temporal, alerts, sourceBuckets, sourceSecrets };
  const workers = workersStack(app, settings, parts);
  const readable = { lake, warehouse, registry, workers };
  accessStack(app, settings, readable);
  deliveryStack(app, settings, readable);
}
