import type { EntityPlan } from '../model/columns.js';
import type { RunRef } from '../model/keys.js';
import { columnDefinition, ident, lockName, stageType } from '../schema/ddl.js';
import { fileColumns } from '../schema/table-columns.js';
import { literal, timestamp } from './sql.js';

export interface LoadContext {
  run: RunRef;
  entity: EntityPlan;
  /** short name, unique to run and entity */
  stage: string;
  startedAt: string;
  valid: number;
  rejected: number;
  staged: number;
}

const names = ({ run, entity, stage }: LoadContext) => ({
  target: ident(run.pipeline, entity.name),
  staged: ident('stage', stage),
  /** one row a key, the newest, values as the target takes them */
  latest: ident('stage', `${stage}_latest`),
});

/** staging table, COPY, and its newest row of each key; private to the run, so it needs no lock */
export function stageStatements(load: LoadContext, copyManifest: string | undefined, roleArn: string): string[] {
  const { staged, latest } = names(load);
  const columns = fileColumns(load.entity);
  const list = columns.map((column) => ident(column.name)).join(', ');
  const values = columns.map((column) =>
    column.type.kind === 'super' ? `JSON_PARSE(${ident(column.name)}) AS ${ident(column.name)}` : ident(column.name),
  );
  // all columns after the declared order: equal rows or a fixed choice
  const newest = [...load.entity.order, ...columns.map((column) => column.name)];
  return [
    ...dropStatements(load),
    `CREATE TABLE ${staged} (${columns.map((column) => columnDefinition(column, stageType)).join(', ')})`,
    ...(copyManifest
      ? [
          `COPY ${staged} (${list}) FROM ${literal(copyManifest)} IAM_ROLE ${literal(roleArn)} FORMAT AS PARQUET MANIFEST`,
        ]
      : []),
    `CREATE TABLE ${latest} AS SELECT ${values.join(', ')} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY _row_id ORDER BY ${[...new Set(newest)].map((name) => `${ident(name)} DESC`).join(', ')}) AS recency FROM ${staged}) AS ranked WHERE recency = 1`,
  ];
}

function dropStatements(load: LoadContext): string[] {
  const { staged, latest } = names(load);
  return [`DROP TABLE IF EXISTS ${staged}`, `DROP TABLE IF EXISTS ${latest}`];
}

/** the one transaction that makes the rows visible; its first statement takes the entity's lock */
export function loadStatements(load: LoadContext): string[] {
  const { run, entity } = load;
  const body = { merge: mergeStatements, append: appendStatements, replace: replaceStatements }[entity.mode](load);
  return [`LOCK ${ident('stage', lockName(run.pipeline, entity.name))}`, ...body, ...dropStatements(load)];
}

function mergeStatements(load: LoadContext): string[] {
  const { target, staged, latest } = names(load);
  const start = timestamp(load.run.interval.start);
  const columns = load.entity.columns.map((column) => column.name);
  const added = loadValues(load);
  const set = [...columns, ...Object.keys(added)].map(
    (name) => `${ident(name)} = ${added[name] ?? `${latest}.${ident(name)}`}`,
  );
  const all = [...columns, '_row_id', ...Object.keys(added)];
  const values = all.map((name) => added[name] ?? `${latest}.${ident(name)}`);
  return [
    `DELETE FROM ${latest} USING ${target} WHERE ${latest}._row_id = ${target}._row_id AND ${newer(load, target, latest, start)}`,
    ledgerRow(load, {
      inserted: `(SELECT COUNT(*) FROM ${latest} LEFT JOIN ${target} ON ${latest}._row_id = ${target}._row_id WHERE ${target}._row_id IS NULL)`,
      updated: `(SELECT COUNT(*) FROM ${latest} JOIN ${target} ON ${latest}._row_id = ${target}._row_id)`,
      deleted: `(SELECT COUNT(*) FROM ${target} WHERE _interval_start = ${start} AND _row_id NOT IN (SELECT _row_id FROM ${staged}))`,
    }),
    `MERGE INTO ${target} USING ${latest} ON ${target}._row_id = ${latest}._row_id WHEN MATCHED THEN UPDATE SET ${set.join(', ')} WHEN NOT MATCHED THEN INSERT (${all.map((name) => ident(name)).join(', ')}) VALUES (${values.join(', ')})`,
    `DELETE FROM ${target} WHERE _interval_start = ${start} AND _row_id NOT IN (SELECT _row_id FROM ${staged})`,
  ];
}

/** the target's row is newer than the staged one: by the declared order, then by interval */
function newer(load: LoadContext, target: string, latest: string, start: string): string {
  const pairs = load.entity.order.map((name) => [`${target}.${ident(name)}`, `${latest}.${ident(name)}`] as const);
  const ranks = [...pairs, [`${target}._interval_start`, start] as const];
  const cases = ranks.map(([left, right], at) =>
    [...ranks.slice(0, at).map(([left, right]) => `${left} = ${right}`), `${left} > ${right}`].join(' AND '),
  );
  return `(${cases.map((text) => `(${text})`).join(' OR ')})`;
}

function appendStatements(load: LoadContext): string[] {
  const { target, staged } = names(load);
  const { start, end } = load.run.interval;
  const range = `_interval_start >= ${timestamp(start)} AND _interval_start < ${timestamp(end)}`;
  return [
    ledgerRow(load, {
      inserted: `(SELECT COUNT(*) FROM ${staged})`,
      updated: '0',
      deleted: `(SELECT COUNT(*) FROM ${target} WHERE ${range})`,
    }),
    `DELETE FROM ${target} WHERE ${range}`,
    insertFrom(load, staged, true),
  ];
}

function replaceStatements(load: LoadContext): string[] {
  const { target, latest } = names(load);
  // an older interval never replaces a newer one
  const superseding = `SELECT 1 FROM monitor_db.handler_executions WHERE pipeline = ${literal(load.run.pipeline)} AND entity = ${literal(load.entity.name)} AND status = 'loaded' AND interval_start > ${timestamp(load.run.interval.start)}`;
  const isNewest = `NOT EXISTS (${superseding})`;
  return [
    ledgerRow(load, {
      inserted: `(SELECT COUNT(*) FROM ${latest} WHERE ${isNewest})`,
      updated: '0',
      deleted: `(SELECT COUNT(*) FROM ${target} WHERE ${isNewest})`,
      status: `CASE WHEN ${isNewest} THEN 'loaded' ELSE 'superseded' END`,
    }),
    `DELETE FROM ${target} WHERE ${isNewest}`,
    `${insertFrom(load, latest, false)} WHERE ${isNewest}`,
  ];
}

function insertFrom(load: LoadContext, from: string, parse: boolean): string {
  const { target } = names(load);
  const added = loadValues(load);
  const columns = [...fileColumns(load.entity), ...Object.keys(added).map((name) => ({ name, type: undefined }))];
  const values = columns.map(
    ({ name, type }) => added[name] ?? (parse && type?.kind === 'super' ? `JSON_PARSE(${ident(name)})` : ident(name)),
  );
  return `INSERT INTO ${target} (${columns.map(({ name }) => ident(name)).join(', ')}) SELECT ${values.join(', ')} FROM ${from}`;
}

function loadValues({ run }: LoadContext): Record<string, string> {
  return { _interval_start: timestamp(run.interval.start), _run_id: literal(run.runId), _loaded_at: 'GETDATE()' };
}

function ledgerRow(
  load: LoadContext,
  counts: { inserted: string; updated: string; deleted: string; status?: string },
): string {
  const { run, entity } = load;
  const values = {
    workflow_id: literal(run.workflowId),
    run_id: literal(run.runId),
    pipeline: literal(run.pipeline),
    entity: literal(entity.name),
    interval_start: timestamp(run.interval.start),
    interval_end: timestamp(run.interval.end),
    valid: literal(load.valid),
    rejected: literal(load.rejected),
    staged: literal(load.staged),
    inserted: counts.inserted,
    updated: counts.updated,
    deleted: counts.deleted,
    status: counts.status ?? literal('loaded'),
    started_at: timestamp(load.startedAt),
    finished_at: 'GETDATE()',
  };
  return `INSERT INTO monitor_db.handler_executions (${Object.keys(values).join(', ')}) SELECT ${Object.values(values).join(', ')}`;
}
