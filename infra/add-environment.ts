import type { Construct } from 'constructs';
import { accessStack } from './access/stack.js';
import { deliveryStack } from './delivery/stack.js';
import { lakeStack, type Lake } from './lake/stack.js';
import { networkStack, type Network } from './network/stack.js';
import type { Alerts } from './observability/alerts.js';
import { observabilityStack } from './observability/stack.js';
import { checkProject } from './project/check.js';
import type { ProjectFacts } from './project/facts.js';
import { registryStack, type Registry } from './registry/stack.js';
import { arnOf } from './settings/given-value.js';
import type { EnvironmentSettings } from './settings.js';
import type { TemporalAccess } from './temporal/access.js';
import { temporalStack } from './temporal/stack.js';
import { warehouseStack } from './warehouse/stack.js';
import type { Warehouse } from './warehouse/warehouse.js';
import { workersStack, type Workers } from './workers/stack.js';

/** what the stacks of an environment made, for stacks of your own */
export interface Environment {
  settings: EnvironmentSettings;
  /** absent where no definitions were given */
  project?: ProjectFacts | undefined;
  network: Network;
  lake: Lake;
  warehouse: Warehouse;
  temporal: TemporalAccess;
  registry: Registry;
  alerts: Alerts;
  workers: Workers;
}

/** adds every stack of one environment to an app or a stage; throws when the project needs what its settings do not name */
export function addEnvironment(
  scope: Construct,
  settings: EnvironmentSettings,
  { project }: { project?: ProjectFacts } = {},
): Environment {
  if (project) checkProject(project, settings);
  const network = networkStack(scope, settings);
  const lake = lakeStack(scope, settings);
  const warehouse = warehouseStack(scope, settings, network, lake);
  const temporal = temporalStack(scope, settings, network, lake);
  const registry = registryStack(scope, settings);
  const alerts = observabilityStack(scope, settings, { warehouse, temporal });
  const { sourceBuckets, sourceQueues, sourceRoles, secrets } = settings.workers;
  const sourceSecrets = Object.values(secrets).map(arnOf);
  const sources = { sourceBuckets, sourceQueues, sourceRoles, sourceSecrets };
  const parts = { network, lake, warehouse, registry, temporal, alerts, ...sources };
  const workers = workersStack(scope, settings, parts, project);
  const readable = { lake, warehouse, registry, workers };
  accessStack(scope, settings, readable);
  deliveryStack(scope, settings, readable);
  return { settings, project, network, lake, warehouse, temporal, registry, alerts, workers };
}
