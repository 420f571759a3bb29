import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import { parentsPlan } from '../columns/parents.js';
import type { Executed, Row, Warehouse } from './data-api.js';
import { countsOf, earlierLoads } from './earlier-loads.js';
import { forget, type KnownTables } from './known-tables.js';
import type { LoadContext } from './load-context.js';
import { countsQuery, countStaged, latestStatements, loadStatements, stageStatements } from './load-sql.js';
import type { LoadCounts, LoadFiles, LoadOptions } from './load-options.js';
import { refuseEmpty } from './refuse-empty.js';
import { timestamp } from './sql.js';
import { stageTables } from './stage-tables.js';
import { loadStatement } from './statement-name.js';
import { ensureTarget } from './target.js';

export interface LoadResult extends LoadCounts {
  /** loads of the interval by other runs before this one */
  others: number;
}

/** staging table, COPY, checks, one transaction; running it again finds its ledger row and does nothing */
export async function load(warehouse: Warehouse, options: LoadOptions, known: KnownTables = {}): Promise<LoadResult> {
  const { run, entity } = options;
  const { own, others } = await earlierLoads(warehouse, run, entity.name);
  // who loads an interval again may have changed its tables before
  if (others > 0) forget(known);
  if (own) return { ...own, others };
  try {
    return { ...(await loadOnce(warehouse, options, known)), others };
  } catch (error) {
    // an attempt that was given up, but lives, may have committed and dropped the stage of this one
    const loaded = await earlierLoads(warehouse, run, entity.name).catch(() => undefined);
    if (loaded?.own) return { ...loaded.own, others };
    throw error;
  }
}

async function loadOnce(warehouse: Warehouse, options: LoadOptions, known: KnownTables): Promise<LoadCounts> {
  const { run, entity } = options;
  if (!known.hasTarget) await ensureTarget(warehouse, run.pipeline, entity);
  known.hasTarget = true;
  await refuseEmpty(warehouse, options);

  const once: Once = (step, statements) =>
    warehouse.execute(statements, { name: loadStatement(run, entity.name, step) });
  const tables = tablesOf(options);
  await stage(warehouse, once, tables, options.copyRoleArn);
  const [own, parents] = tables;
  own.context.isSuperseded = await isSuperseded(warehouse, options);
  const statements = loadStatements({ ...own.context, ...(parents && { parents: parents.context }) });
  const { rowsOf } = await once('load', statements);
  const [row] = (await rowsOf?.(statements.indexOf(countsQuery(own.context)))) ?? [];
  if (row) return countsOf({ ...row, valid: own.context.valid, staged: own.context.staged });
  const done = (await earlierLoads(warehouse, run, entity.name)).own;
  if (done) return done;
  throw new TerminalError(
    'CheckFailed',
    `${run.pipeline}.${entity.name}: committed, but no ledger row of ${run.runId}`,
  );
}

/** a batch of this load that takes effect once */
type Once = (step: string, statements: string[]) => Promise<Executed>;

/** staging tables with the rows of the files, and their keys counted; of files with several rows of a key, the newest beside */
async function stage(warehouse: Warehouse, once: Once, tables: Table[], copyRoleArn: string): Promise<void> {
  const made = tables.flatMap(({ context, copyManifest }) => stageStatements(context, copyManifest, copyRoleArn));
  const { rowsOf } = await once('stage', [...made, ...tables.map(({ context }) => countStaged(context))]);
  for (const [at, { context }] of tables.entries()) {
    const [row] = await (rowsOf?.(made.length + at) ?? warehouse.query(countStaged(context)));
    context.keys = checkStage(context, row);
  }
  const twins = tables.filter(({ context }) => context.keys < context.staged);
  const latest = twins.flatMap(({ context }) => latestStatements(context));
  if (latest.length > 0) await once('latest', latest);
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

/** before anything is visible: the rows in stage are those of the manifest; says how many keys they have (`append` keeps every row) */
function checkStage({ run, entity, staged: rows }: LoadContext, row: Row | undefined): number {
  const found = Number(row?.['found']);
  if (found !== rows) {
    throw new TerminalError(
      'CheckFailed',
      `${run.pipeline}.${entity.name}: the manifest says ${rows} rows, the staging table has ${found}; retry from parquet`,
    );
  }
  return Number(row?.['keys']);
}
