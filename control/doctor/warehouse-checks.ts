import type { Pipeline } from '../../define/pipeline.js';
import {
  clockSeconds,
  externalOwner,
  isolationLevel,
  ledgerNames,
  roleNames,
  schemaNames,
} from '../../warehouse/inspect.js';
import { databaseRoles } from '../../warehouse/roles.js';
import type { Context } from '../context.js';
import { noneMissing, type Check } from './finding.js';

/** the ledger is what tells which intervals are loaded */
const ledger = ['ingestor_executions', 'handler_executions', 'run_executions'];
const views = ledger.map((name) => `${name}_latest`);
/** seconds; a request to AWS is refused when its clock is five minutes off, an interval is due by the clock */
const allowedSkew = 30;

export function warehouseChecks(context: Context, pipelines: Pipeline[]): Record<string, Check> {
  const { catalog, loader } = context.settings().redshift;
  return {
    schemas: async () => {
      const warehouse = await context.warehouse();
      const wanted = ['stage', 'monitor_db', ...pipelines.map(({ name }) => name)];
      const there = await schemaNames(warehouse);
      const missing = wanted.filter((name) => !there.includes(name));
      return noneMissing(missing, wanted.join(', '), '`waterclock setup` makes them');
    },
    ledger: async () => {
      const warehouse = await context.warehouse();
      const there = await ledgerNames(warehouse);
      const wanted = [...ledger, ...views];
      const missing = wanted.filter((name) => !there.includes(name));
      return noneMissing(missing, `${wanted.length} tables and views`, '`waterclock setup` makes them');
    },
    roles: async () => {
      const there = await roleNames(await context.warehouse('administrator'));
      const missing = databaseRoles.filter((name) => !there.includes(name));
      const remedy =
        '`waterclock setup` makes them. A user who is not an administrator may not see them: set WATERCLOCK_REDSHIFT_ADMINISTRATOR_SECRET_ARN';
      return noneMissing(missing, databaseRoles.join(', '), remedy);
    },
    ...(catalog !== undefined && { 'external schema': () => externalSchema(context, loader) }),
    isolation: async () => {
      const level = await isolationLevel(await context.warehouse());
      // loads hold under both: it says which conflicts of other work to expect
      return { ok: true, found: level ?? 'not shown to this user: superusers see it in stv_db_isolation_level' };
    },
    clock: async () => {
      const warehouse = await context.warehouse();
      const asked = Date.now();
      const seconds = await clockSeconds(warehouse);
      const between = (asked + Date.now()) / 2000;
      const skew = Math.round(between - seconds);
      const found = `${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'before'} the warehouse's`;
      return Math.abs(skew) <= allowedSkew
        ? { ok: true, found }
        : { ok: false, found, remedy: "set this machine's clock: what is due is told by it" };
    },
  };
}

/** Redshift lets the owner of the schema alone make tables in it: a load of another user would fail when it makes the first */
async function externalSchema(context: Context, loader: string | undefined): ReturnType<Check> {
  const found = await externalOwner(await context.warehouse());
  if (!found) return { ok: false, found: 'missing: spectrum', remedy: '`waterclock setup` makes it' };
  const { owner, self } = found;
  // without the setting, the user of commands is the one who loads
  const wanted = loader ?? self;
  if (owner === wanted) return { ok: true, found: `spectrum belongs to ${owner}, who loads` };
  const setUp = '`waterclock setup`, as the administrator, gives it to that user';
  return {
    ok: false,
    found: `spectrum belongs to ${owner}, and ${wanted} loads: the first load that makes a table in it fails`,
    remedy: loader === undefined ? `set WATERCLOCK_REDSHIFT_LOADER to the user that loads; then ${setUp}` : setUp,
  };
}
