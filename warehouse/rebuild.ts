import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import type { RebuildInterval, RebuildManifest } from '../model/rebuild.js';
import { createTarget, ident } from './ddl.js';
import { parentsPlan, tablesOf } from '../columns/parents.js';
import { compareTable } from './compare-table.js';
import type { Warehouse } from './data-api.js';
import * as sql from './rebuild-sql.js';
import type { StatementName } from './statement-name.js';
import { ensureTarget, readTable } from './target.js';

export type LoadedInterval = Pick<RebuildInterval, 'interval' | 'runId' | 'loadedAt'>;

/** the runs that a table's rows are of, by the ledger, and how many rows of it say so */
export async function loadedIntervals(warehouse: Warehouse, pipeline: string, entity: EntityPlan) {
  // asked first: an interval that loads in between makes the swap look again
  const ledgerRows = await countLedger(warehouse, pipeline, entity);
  const rows = await warehouse.query(sql.loadedQuery(pipeline, entity));
  const intervals = rows.map((row): LoadedInterval => ({
    interval: { start: String(row['interval_start']), end: String(row['interval_end']) },
    runId: String(row['run_id']),
    loadedAt: String(row['loaded_at']),
  }));
  return { ledgerRows, intervals };
}

export async function makeRoom(warehouse: Warehouse, pipeline: string, entity: EntityPlan): Promise<void> {
  for (const statement of createTarget(pipeline, entity)) await warehouse.execute([statement]);
  await warehouse.execute(tablesOf(entity).flatMap((table) => sql.roomStatements(pipeline, table)));
}

export async function copyIntervals(
  warehouse: Warehouse,
  pipeline: string,
  entity: EntityPlan,
  intervals: RebuildInterval[],
  { roleArn, name }: { roleArn: string; name: StatementName },
): Promise<void> {
  const parents = parentsPlan(entity);
  if (parents) {
    const theirs = intervals.map(({ interval, runId, loadedAt, parents = { rows: 0 } }) => ({
      interval,
      runId,
      loadedAt,
      ...parents,
    }));
    const named = { ...name, step: `${name.step}-parents` };
    await copyIntoRoom(warehouse, pipeline, parents, theirs, { roleArn, name: named });
  }
  await copyIntoRoom(warehouse, pipeline, entity, intervals, { roleArn, name });
}

async function copyIntoRoom(
  warehouse: Warehouse,
  pipeline: string,
  entity: EntityPlan,
  intervals: RebuildInterval[],
  { roleArn, name }: { roleArn: string; name: StatementName },
): Promise<void> {
  const statements = intervals.flatMap((interval) => sql.copyStatements(pipeline, entity, interval, roleArn));
  await warehouse.execute(statements, { name });
  const counted = await warehouse.query(sql.countQuery(pipeline, entity));
  const found = new Map(counted.map((row) => [row['interval_start'], Number(row['found'])]));
  for (const { interval, rows, runId } of intervals) {
    const copied = found.get(interval.start) ?? 0;
    if (copied === rows) continue;
    throw new TerminalError(
      'CheckFailed',
      `${pipeline}.${entity.name} ${interval.start}: the manifest of run ${runId} says ${rows} rows, ${copied} were copied`,
    );
  }
}

/** undefined when the ledger has grown since the manifest was made; else the table's rows */
export async function swap(
  warehouse: Warehouse,
  entity: EntityPlan,
  manifest: RebuildManifest,
  name: StatementName,
): Promise<number | undefined> {
  const { pipeline, ledgerRows } = manifest;
  let isFit = true;
  for (const table of tablesOf(entity)) {
    const { problems, widenings } = compareTable(await readTable(warehouse, pipeline, table.name), table);
    isFit &&= problems.length === 0 && widenings.length === 0;
  }
  if (isFit) await ensureTarget(warehouse, pipeline, entity);
  try {
    await warehouse.execute(sql.swapStatements(pipeline, entity, manifest, isFit), { name });
  } catch (error) {
    if ((await countLedger(warehouse, pipeline, entity)) === ledgerRows) throw error;
    return undefined;
  }
  const [row] = await warehouse.query(`SELECT COUNT(*) AS found FROM ${ident(pipeline, entity.name)}`);
  return Number(row?.['found']);
}

export async function dropRoom(warehouse: Warehouse, pipeline: string, entity: EntityPlan): Promise<void> {
  await warehouse.execute(tablesOf(entity).map((table) => sql.dropStatement(pipeline, table)));
}

async function countLedger(warehouse: Warehouse, pipeline: string, entity: EntityPlan): Promise<number> {
  const [row] = await warehouse.query(sql.ledgerRowsQuery(pipeline, entity));
  return Number(row?.['ledger_rows']);
}
