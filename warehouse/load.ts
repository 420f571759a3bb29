import type { LoadOptions } from './load-options.js';
import type { LoadFiles } from './load-options.js';
import type { LoadCounts } from './load-options.js';
import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import type { RunRef } from '../model/keys.js';
import type { Loaded } from '../model/plan.js';
import { ident } from './ddl.js';
import { parentsPlan } from '../columns/parents.js';
import type { Row, Warehouse } from './data-api.js';
import type { LoadContext } from './load-context.js';
import { latestStatements, loadStatements, stageStatements } from './load-sql.js';
import { refuseEmpty } from './refuse-empty.js';
import { timestamp } from './sql.js';
import { stageTables } from './stage-tables.js';
import { loadStatement } from './statement-name.js';
import { ensureTarget } from './target.js';

/** staging table, COPY, checks, one transaction; running it again finds its ledger row and does nothing */
export async function load(warehouse: Warehouse, options: LoadOptions): Promise<LoadCounts> {
  const { run, entity } = options;
  const earlier = await loadedEarlier(warehouse, run, entity.name);
  if (earlier) return earlier;
  try {
    await loadOnce(warehouse, options);
  } catch (error) {
    // an attempt that was given up, but lives, may have committed and dropped the stage of this one
    const loaded = await loadedEarlier(warehouse, run, entity.name).catch(() => undefined);
    if (loaded) return loaded;
    throw error;
  }
  const done = await loadedEarlier(warehouse, run, entity.name);
  if (!done)
    throw new TerminalError(
      'CheckFailed',
      `${run.pipeline}.${entity.name}: committed, but no ledger row of ${run.runId}`,
    );
  return done;
}

async function loadOnce(warehouse: Warehouse, options: LoadOptions): Promise<void> {
  const { run, entity } = options;
  await ensureTarget(warehouse, run.pipeline, entity);
  await refuseEmpty(warehouse, options);

  const once = (step: string, statements: string[]) =>
    warehouse.execute(statements, { name: loadStatement(run, entity.name, step) });
  const tables = tablesOf(options);
  await once(
    'stage',
    tables.flatMap(({ context, copyManifest }) => stageStatements(context, copyManifest, options.copyRoleArn)),
  );
  for (const { context } of tables) context.keys = await checkStage(warehouse, context);
  const twins = tables.filter(({ context }) => context.keys < context.staged);
  if (twins.length > 0)
    await once(
      'latest',
      twins.flatMap(({ context }) => latestStatements(context)),
    );
  const [own, parents] = tables;
  own.context.isSuperseded = await isSuperseded(warehouse, options);
  await once('load', loadStatements({ ...own.context, ...(parents && { parents: parents.context }) }));
}

interface Table {
  context: LoadContext;
  copyManifest: string | undefined;
}

/** the entity's own, and that of its parents if it has one */
function tablesOf({ run, entity, startedAt, rejected, ...files }: LoadOptions): [Table, ...Table[]] {
  const table = (entity: EntityPlan, { rows, copyManifest }: LoadFiles): Table => {
    const counts = { valid: rows, rejected, staged: rows, keys: rows };
    return { context: { run, entity, tables: stageTables(run, entity.name), startedAt, ...counts }, copyManifest };
  };
  const parents = parentsPlan(entity);
  if (!parents) return [table(entity, files)];
  if (files.parents) return [table(entity, files), table(parents, files.parents)];
  throw new TerminalError(
    'ManifestMissing',
    `${run.pipeline}.${entity.name}: its files lack those of the records; retry from validate`,
  );
}

async function loadedEarlier(warehouse: Warehouse, run: RunRef, entity: string): Promise<LoadCounts | undefined> {
  const [row] = await warehouse.query(
    `SELECT status, valid, staged, inserted, updated, deleted FROM monitor_db.handler_executions
     WHERE run_id = :run_id AND entity = :entity AND pipeline = :pipeline AND status IN ('loaded', 'superseded')`,
    { run_id: run.runId, entity, pipeline: run.pipeline },
  );
  return row && countsOf(row);
}

/** a newer interval of a table that is replaced as a whole has loaded before */
async function isSuperseded(warehouse: Warehouse, { run, entity }: LoadOptions): Promise<boolean> {
  if (entity.mode !== 'replace') return false;
  const [row] = await warehouse.query(
    `SELECT COUNT(*) AS newer
     FROM monitor_db.handler_executions
     WHERE pipeline = :pipeline AND entity = :entity AND status = 'loaded'
     AND interval_start > ${timestamp(run.interval.start)}`,
    { pipeline: run.pipeline, entity: entity.name },
  );
  return Number(row?.['newer']) > 0;
}

function countsOf(row: Row): LoadCounts {
  const count = (name: string) => Number(row[name] ?? 0);
  const outcome: Loaded['outcome'] = row['status'] === 'superseded' ? 'superseded' : 'loaded';
  return {
    outcome,
    valid: count('valid'),
    staged: count('staged'),
    inserted: count('inserted'),
    updated: count('updated'),
    deleted: count('deleted'),
  };
}

/** before anything is visible: the rows in stage are those of the manifest; tells how many keys they have (`append` keeps every row) */
async function checkStage(warehouse: Warehouse, { run, entity, tables, staged: rows }: LoadContext): Promise<number> {
  const staged = ident('stage', tables.staged);
  const [row] = await warehouse.query(
    entity.mode === 'append'
      ? `SELECT COUNT(*) AS found, COUNT(*) AS keys FROM ${staged}`
      : `SELECT COUNT(*) AS found, COUNT(DISTINCT _row_id) AS keys FROM ${staged}`,
  );
  const found = Number(row?.['found']);
  if (found !== rows) {
    throw new TerminalError(
      'CheckFailed',
      `${run.pipeline}.${entity.name}: the manifest says ${rows} rows, the staging table has ${found}; retry from parquet`,
    );
  }
  return Number(row?.['keys']);
}
