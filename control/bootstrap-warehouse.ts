import type { Context } from './context.js';

/** what `setup` and `migrate --bootstrap` do in the warehouse: schemas, ledger, lock tables, roles and their rights */
export async function bootstrapWarehouse(context: Context, dryRun: boolean): Promise<string[]> {
  const { bootstrap, bootstrapStatements } = await import('../warehouse/bootstrap.js');
  const { redshift } = context.settings();
  const options = { ...redshift, pipelines: await context.pipelines() };
  const warehouse = await context.warehouse('administrator');
  return dryRun ? bootstrapStatements(warehouse, options) : bootstrap(warehouse, options);
}
