import { bucketsOf } from '../../model/raw-buckets.js';
import type { Context } from '../context.js';
import { dbtCheck } from './dbt-check.js';
import { noneMissing, type Check } from './finding.js';
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
    ...warehouseChecks(context, pipelines),
    dbt: dbtCheck(await context.dbt()),
  };
}
