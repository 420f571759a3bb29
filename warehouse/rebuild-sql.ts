import { createHash } from 'node:crypto';
import type { EntityPlan } from '../model/columns.js';
import type { RebuildInterval, RebuildManifest } from '../model/rebuild.js';
import { columnDefinition, createTable, ident, lockName, stageType } from './ddl.js';
import { parentsPlan, tablesOf } from '../columns/parents.js';
import { fileColumns, targetColumns } from '../columns/table-columns.js';
import { literal, timestamp } from './sql.js';

/** the tables that a rebuild fills: rows of all intervals, and of the one that is being copied */
function names(pipeline: string, entity: EntityPlan) {
  const of = createHash('sha256').update(`${pipeline}.${entity.name}`).digest('hex').slice(0, 12);
  return {
    target: ident(pipeline, entity.name),
    all: ident('stage', `rebuild_${of}`),
    one: ident('stage', `rebuild_${of}_one`),
  };
}

export function dropStatement(pipeline: string, entity: EntityPlan): string {
  const { all, one } = names(pipeline, entity);
  return `DROP TABLE IF EXISTS ${all}, ${one}`;
}

/** empty, with columns as files have them: what one lacks stays null until the rows move to the table */
export function roomStatements(pipeline: string, entity: EntityPlan): string[] {
  const { all, one } = names(pipeline, entity);
  const definitions = (columns: ReturnType<typeof fileColumns>) =>
    columns.map((column) => columnDefinition({ ...column, nullable: true }, stageType)).join(', ');
  return [
    dropStatement(pipeline, entity),
    `CREATE TABLE ${all} (${definitions(targetColumns(entity))})`,
    `CREATE TABLE ${one} (${definitions(fileColumns(entity))})`,
  ];
}

/** of one interval; at most four, see `intervalsACopy` */
export function copyStatements(
  pipeline: string,
  entity: EntityPlan,
  { interval, runId, loadedAt, columns = [], copyManifest }: RebuildInterval,
  roleArn: string,
): string[] {
  const { all, one } = names(pipeline, entity);
  const start = timestamp(interval.start);
  const list = columns.map((name) => ident(name)).join(', ');
  return [
    `DELETE FROM ${all} WHERE _interval_start = ${start}`,
    ...(copyManifest
      ? [
          `COPY ${one} (${list}) FROM ${literal(copyManifest)} IAM_ROLE ${literal(roleArn)} FORMAT AS PARQUET MANIFEST`,
          `INSERT INTO ${all} (${list}, _interval_start, _run_id, _loaded_at) SELECT ${list}, ${start}, ${literal(runId)}, CAST(${literal(loadedAt)} AS TIMESTAMP) FROM ${one}`,
          `DELETE FROM ${one}`,
        ]
      : []),
  ];
}

/** rows of each interval that was copied */
export function countQuery(pipeline: string, entity: EntityPlan): string {
  const { all } = names(pipeline, entity);
  return `SELECT TO_CHAR(_interval_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS interval_start, COUNT(*) AS found FROM ${all} GROUP BY 1`;
}

const loadedOf = (pipeline: string, entity: EntityPlan) =>
  `FROM monitor_db.handler_executions WHERE pipeline = ${literal(pipeline)} AND entity = ${literal(entity.name)} AND status = 'loaded'`;

export const ledgerRowsQuery = (pipeline: string, entity: EntityPlan) =>
  `SELECT COUNT(*) AS ledger_rows ${loadedOf(pipeline, entity)}`;

/** the run that each interval's rows are of; of a table that is replaced as a whole, the newest interval's only */
export function loadedQuery(pipeline: string, entity: EntityPlan): string {
  const time = (column: string) => `TO_CHAR(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS ${column}`;
  const newest = `ROW_NUMBER() OVER (${entity.mode === 'replace' ? '' : 'PARTITION BY interval_start '}ORDER BY interval_start DESC, finished_at DESC, run_id DESC)`;
  return `SELECT ${time('interval_start')}, ${time('interval_end')}, run_id, TO_CHAR(finished_at, 'YYYY-MM-DD HH24:MI:SS.US') AS loaded_at FROM (SELECT *, ${newest} AS recency ${loadedOf(pipeline, entity)}) AS ranked WHERE recency = 1 ORDER BY 1`;
}

/**
 * the one transaction that readers see: under the entity's lock, and only while the ledger is as the round saw it, else it fails;
 * a table that fits keeps its rights and what depends on it, any other is dropped and made anew
 */
export function swapStatements(
  pipeline: string,
  entity: EntityPlan,
  { ledgerRows }: RebuildManifest,
  isFit: boolean,
): string[] {
  const tables = tablesOf(entity);
  return [
    `LOCK ${ident('stage', lockName(pipeline, entity.name))}`,
    `SELECT 1 / (CASE WHEN COUNT(*) = ${ledgerRows} THEN 1 ELSE 0 END) ${loadedOf(pipeline, entity)}`,
    ...tables.flatMap((table) => [...emptyStatements(pipeline, table, isFit), insertNewest(pipeline, table)]),
    ...tables.map((table) => dropStatement(pipeline, table)),
  ];
}

function emptyStatements(pipeline: string, table: EntityPlan, isFit: boolean): string[] {
  const { target } = names(pipeline, table);
  return isFit ? [`DELETE FROM ${target}`] : [`DROP TABLE ${target}`, createTable(pipeline, table)];
}

/** as a load chooses: by the declared order, then by interval, then by all columns */
function insertNewest(pipeline: string, table: EntityPlan): string {
  const { target, all } = names(pipeline, table);
  const columns = targetColumns(table).map(({ name }) => ident(name));
  const values = targetColumns(table).map(({ name, type }) =>
    type.kind === 'super' ? `JSON_PARSE(${ident(name)})` : ident(name),
  );
  const newest = [...new Set([...table.order, '_interval_start', ...fileColumns(table).map(({ name }) => name)])];
  const ranked = `(SELECT *, ROW_NUMBER() OVER (PARTITION BY _row_id ORDER BY ${newest.map((name) => `${ident(name)} DESC`).join(', ')}) AS recency FROM ${ofNewestParents(pipeline, table)}) AS ranked WHERE recency = 1`;
  return `INSERT INTO ${target} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${table.mode === 'append' ? all : ranked}`;
}

/** rows of the versions that the table of their records has by now; all of an entity without one */
function ofNewestParents(pipeline: string, entity: EntityPlan): string {
  const { all } = names(pipeline, entity);
  const parents = parentsPlan(entity);
  if (!parents) return all;
  const isOf = [...parents.key, '_record', '_interval_start'].map((name) => `p.${ident(name)} = r.${ident(name)}`);
  return `(
  SELECT r.*
  FROM ${all} AS r
  INNER JOIN ${names(pipeline, parents).target} AS p ON ${isOf.join(' AND ')}
) AS kept`;
}
