import { join } from 'node:path';
import type { Pipeline } from '../../define/pipeline.js';
import { bucketsOf } from '../../model/raw-buckets.js';
import type { Context } from '../context.js';
import { connectorEnvironment, connectorOf, listConnectors } from '../connectors/list-connectors.js';
import { dbtCheck } from './dbt-check.js';
import { noneMissing, type Check, type Finding } from './finding.js';
import { temporalChecks } from './temporal-checks.js';
import { warehouseChecks } from './warehouse-checks.js';

/** what the settings point to: the same questions on a laptop, in compose and inside a network on AWS */
export async function serviceChecks(context: Context): Promise<Record<string, Check>> {
  const settings = context.settings();
  const pipelines = await context.pipelines();
  return {
    ...temporalChecks(context, pipelines),
    buckets: async () => {
      const { makeBuckets } = await import('../buckets.js');
      const wanted = bucketsOf(pipelines, settings);
      const missing = await makeBuckets(wanted, settings.s3ForcePathStyle, true);
      return noneMissing(missing, wanted.join(', '), '`waterclock setup` makes them');
    },
    secrets: () => secretsCheck(context, pipelines),
    ...(pipelines.some(connectorOf) && { connectors: () => connectorsCheck(context, pipelines) }),
    ...warehouseChecks(context, pipelines),
    dbt: dbtCheck(await context.dbt()),
  };
}

/** on this machine: workers elsewhere have their own */
async function connectorsCheck(context: Context, pipelines: Pipeline[]): Promise<Omit<Finding, 'check'>> {
  const rows = await listConnectors(pipelines, connectorEnvironment(context));
  const missing = rows.flatMap(({ pipeline, problem }) => (problem === undefined ? [] : [`${pipeline}: ${problem}`]));
  const programs = [...new Set(rows.map(({ program }) => program))].join(', ');
  return noneMissing(missing, programs, '`waterclock connectors install`, where the workers run');
}

/** as they are found from here: what only the workers may read is said, and no fault */
async function secretsCheck(context: Context, pipelines: Pipeline[]): Promise<Omit<Finding, 'check'>> {
  const { projectSecrets } = await import('../project-secrets.js');
  const envFile = join(context.projectPlace().folder, '.env');
  const rows = await projectSecrets(pipelines, { environment: context.variables(), envFile });
  const missing = rows.filter(({ found }) => found === null);
  const unchecked = rows.filter((row) => row.unchecked !== undefined).map(({ secret }) => secret);
  const found = rows.length === 0 ? 'none is needed' : rows.map(({ secret }) => secret).join(', ');
  return noneMissing(
    missing.map(({ secret, pipelines }) => `${secret} of ${pipelines.join(', ')}`),
    unchecked.length > 0 ? `${found}; not read from here: ${unchecked.join(', ')}` : found,
    'set them where the workers that extract have theirs: `waterclock secrets` says where each was looked for',
  );
}
