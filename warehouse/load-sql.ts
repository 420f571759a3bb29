import { columnDefinition, ident, lockName, stageType } from './ddl.js';
import { newestFirst } from '../columns/parents.js';
import { fileColumns } from '../columns/table-columns.js';
import { insertFrom, names, type LoadContext } from './load-context.js';
import { iso, parseTime } from '../model/interval.js';
import { literal, timestamp } from './sql.js';
import { replacedRowsStatements } from './replaced-rows-sql.js';

/** staging table and COPY; private to the run, so it needs no lock */
export function stageStatements(load: LoadContext, copyManifest: string | undefined, roleArn: string): string[] {
  const { staged, counts } = names(load);
  // in the order of the files, which is how Redshift's COPY fills a table from Parquet
  const columns = fileColumns(load.entity);
  const list = columns.map((column) => ident(column.name)).join(', ');
  return [
    dropStatement(load),
    `CREATE TABLE ${staged} (${columns.map((column) => columnDefinition(column, stageType)).join(', ')}) DISTKEY (_row_id)`,
    `CREATE TABLE ${counts} (inserted BIGINT, updated BIGINT, deleted BIGINT, status VARCHAR(16))`,
    ...(copyManifest
      ? [
          `COPY ${staged} (${list}) FROM ${literal(copyManifest)} IAM_ROLE ${literal(roleArn)} FORMAT AS PARQUET MANIFEST`,
        ]
      : []),
  ];
}

/** `append` takes each row for a key of its own */
export function countStaged(load: LoadContext): string {
  const keys = load.entity.mode === 'append' ? 'COUNT(*)' : 'COUNT(DISTINCT _row_id)';
  return `SELECT COUNT(*) AS found, ${keys} AS keys FROM ${names(load).staged}`;
}

/** what the load did, as its ledger row has it: a transaction that reads the ledger and writes to it conflicts under SERIALIZABLE */
export function countsQuery(load: LoadContext): string {
  return `SELECT inserted, updated, deleted, status FROM ${names(load).counts}`;
}

/** the newest row of each key */
export function latestStatements(load: LoadContext): string[] {
  const { staged, latest } = names(load);
  const columns = fileColumns(load.entity).map(({ name }) => name);
  const newest = newestFirst(load.entity, columns).map((name) => `${ident(name)} DESC`);
  return [
    `DROP TABLE IF EXISTS ${latest}`,
    `CREATE TABLE ${latest} DISTKEY (_row_id) AS SELECT ${columns.map((name) => ident(name)).join(', ')} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY _row_id ORDER BY ${newest.join(', ')}) AS recency FROM ${staged}) AS ranked WHERE recency = 1`,
  ];
}

function dropStatement(...loads: LoadContext[]): string {
  const all = loads.flatMap(({ tables }) => Object.values(tables));
  return `DROP TABLE IF EXISTS ${all.map((name) => ident('stage', name)).join(', ')}`;
}

/** the one transaction that makes the rows visible; its first statement takes the entity's lock */
export function loadStatements(load: LoadContext): string[] {
  const { run, entity, parents } = load;
  const modes = { merge: mergeStatements, append: appendStatements, replace: replaceStatements };
  const body = parents
    ? [...mergeStatements(parents), ...replacedRowsStatements(load, parents)]
    : modes[entity.mode](load);
  return [
    `LOCK ${ident('stage', lockName(run.pipeline, entity.name))}`,
    ...body,
    ledgerRow(load),
    countsQuery(load),
    dropStatement(load, ...(parents ? [parents] : [])),
  ];
}

/** rows that are replaced go, all of stage comes: Redshift's MERGE writes each new row to a temporary table first */
function mergeStatements(load: LoadContext): string[] {
  const { target, counts, latest } = names(load);
  const start = timestamp(load.run.interval.start);
  const isOfInterval = `${target}._interval_start = ${start}`;
  // rows of this interval are replaced by what it holds now, older or not
  const isOlder = `${target}._interval_start <> ${start} AND ${newer(load, target, latest, start)}`;
  const within = reach(load);
  const isSame = `${latest}._row_id = ${target}._row_id${within}`;
  const count = (condition: string) => `COUNT(CASE WHEN ${condition} THEN 1 END)`;
  return [
    `INSERT INTO ${counts} SELECT ${literal(load.keys)} - COUNT(*), COUNT(*) - ${count(isOlder)}, (SELECT COUNT(*) FROM ${target} WHERE ${isOfInterval}) - ${count(isOfInterval)}, 'loaded' FROM ${latest} INNER JOIN ${target} ON ${isSame}`,
    `DELETE FROM ${latest} USING ${target} WHERE ${isSame} AND ${isOlder}`,
    `DELETE FROM ${target} USING ${latest} WHERE ${isSame}`,
    // no scan where nothing is to go
    `DELETE FROM ${target} WHERE ${isOfInterval} AND EXISTS (SELECT 1 FROM ${counts} WHERE deleted > 0)`,
    insertFrom(load, latest),
  ];
}

/** of a declared `lookback`: the table is sorted by intervals, so its other blocks are not read */
function reach(load: LoadContext): string {
  const { run, entity } = load;
  const { lookback } = entity;
  if (lookback === undefined) return '';
  const [from, to] = [-lookback, lookback].map((ms) => timestamp(iso(parseTime(run.interval.start) + ms)));
  return ` AND ${names(load).target}._interval_start BETWEEN ${from} AND ${to}`;
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
  const { target, staged, counts } = names(load);
  const { start, end } = load.run.interval;
  const range = `_interval_start >= ${timestamp(start)} AND _interval_start < ${timestamp(end)}`;
  return [
    `INSERT INTO ${counts} SELECT ${literal(load.keys)}, 0, (SELECT COUNT(*) FROM ${target} WHERE ${range}), 'loaded'`,
    `DELETE FROM ${target} WHERE ${range}`,
    insertFrom(load, staged),
  ];
}

/**
 * an older interval never replaces a newer one: the ledger was asked before, and here the table's own rows are, because a transaction
 * that reads the ledger and writes to it conflicts with every other load under SERIALIZABLE. A newer interval without rows that loads
 * between the two is not seen
 */
function replaceStatements(load: LoadContext): string[] {
  const { target, latest, counts } = names(load);
  if (load.isSuperseded) return [`INSERT INTO ${counts} VALUES (0, 0, 0, 'superseded')`];
  const newer = `SELECT 1 FROM ${target} WHERE _interval_start > ${timestamp(load.run.interval.start)}`;
  const isNewest = `EXISTS (SELECT 1 FROM ${counts} WHERE status = 'loaded')`;
  return [
    `INSERT INTO ${counts}
SELECT ${literal(load.keys)}, 0, deleted, 'loaded'
FROM (SELECT COUNT(*) AS deleted FROM ${target}) AS n
WHERE NOT EXISTS (${newer})`,
    `INSERT INTO ${counts} SELECT 0, 0, 0, 'superseded' WHERE NOT ${isNewest}`,
    `DELETE FROM ${target} WHERE ${isNewest}`,
    `${insertFrom(load, latest)} WHERE ${isNewest}`,
  ];
}

/** the load's end: as long as it is not committed, others that load wait for it */
function ledgerRow(load: LoadContext): string {
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
    inserted: 'inserted',
    updated: 'updated',
    deleted: 'deleted',
    status: 'status',
    started_at: timestamp(load.startedAt),
    finished_at: 'GETDATE()',
  };
  return `INSERT INTO monitor_db.handler_executions (${Object.keys(values).join(', ')}) SELECT ${Object.values(values).join(', ')} FROM ${names(load).counts}`;
}
