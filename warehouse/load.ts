import { createHash } from 'node:crypto';
import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import type { RunRef } from '../model/keys.js';
import type { Loaded } from '../model/plan.js';
import { ident } from '../schema/ddl.js';
import type { Warehouse } from './data-api.js';
import { loadStatements, stageStatements, type LoadContext } from './load-sql.js';
import { ensureTarget } from './target.js';

export interface LoadOptions {
  run: RunRef;
  entity: EntityPlan;
  /** `s3://` address of the COPY manifest; absent when there are no rows */
  copyManifest?: string;
  rows: number;
  rejected: number;
  startedAt: string;
  copyRoleArn: string;
}

/** staging table, COPY, checks, one transaction; running it again finds its ledger row and does nothing */
export async function load(warehouse: Warehouse, options: LoadOptions): Promise<Omit<Loaded, 'manifest'>> {
  const { run, entity, rows } = options;
  const earlier = await loadedEarlier(warehouse, run, entity.name);
  if (earlier) return earlier;
  if (entity.mode === 'replace' && rows === 0 && !entity.allowEmpty) {
    throw new TerminalError(
      'EmptyReplace',
      `${run.pipeline}.${entity.name}: replacing the table with no rows is refused`,
    );
  }
  await ensureTarget(warehouse, run.pipeline, entity);

  const context: LoadContext = {
    run,
    entity,
    stage: `${run.pipeline}_${entity.name}_${createHash('sha256').update(run.runId).digest('hex').slice(0, 12)}`,
    startedAt: options.startedAt,
    valid: rows,
    rejected: options.rejected,
    staged: rows,
  };
  const name = (step: string) => `${run.pipeline}:${run.interval.end}:${entity.name}:${step}:${run.runId}`;
  await warehouse.execute(stageStatements(context, options.copyManifest, options.copyRoleArn), { name: name('stage') });
  await checkStage(warehouse, context, options);
  await warehouse.execute(loadStatements(context), { name: name('load') });

  const done = await loadedEarlier(warehouse, run, entity.name);
  if (!done)
    throw new TerminalError(
      'CheckFailed',
      `${run.pipeline}.${entity.name}: committed, but no ledger row of ${run.runId}`,
    );
  return done;
}

async function loadedEarlier(warehouse: Warehouse, run: RunRef, entity: string) {
  const [row] = await warehouse.query(
    `SELECT status, valid, staged, inserted, updated, deleted FROM monitor_db.handler_executions
     WHERE run_id = :run_id AND entity = :entity AND pipeline = :pipeline AND status IN ('loaded', 'superseded')`,
    { run_id: run.runId, entity, pipeline: run.pipeline },
  );
  if (!row) return undefined;
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

/** before anything is visible: the rows in stage are those of the manifest */
async function checkStage(
  warehouse: Warehouse,
  { run, entity, stage }: LoadContext,
  options: LoadOptions,
): Promise<void> {
  const [row] = await warehouse.query(`SELECT COUNT(*) AS found FROM ${ident('stage', stage)}`);
  const found = Number(row?.['found']);
  if (found !== options.rows) {
    throw new TerminalError(
      'CheckFailed',
      `${run.pipeline}.${entity.name}: the manifest says ${options.rows} rows, the staging table has ${found}; retry from parquet`,
    );
  }
}
