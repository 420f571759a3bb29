import { TerminalError } from '../model/errors.js';
import { ident } from './ddl.js';
import type { Warehouse } from './data-api.js';
import type { LoadOptions } from './load-options.js';
import { timestamp } from './sql.js';

/** a load without rows takes away what the interval, or the table, held before: that is refused unless it is allowed */
export async function refuseEmpty(warehouse: Warehouse, { run, entity, rows, parents }: LoadOptions): Promise<void> {
  // a record that came without any of its items says itself that they are gone
  if (rows > 0 || entity.allowEmpty || (parents?.rows ?? 0) > 0) return;
  const table = `${run.pipeline}.${entity.name}`;
  if (entity.mode === 'replace') {
    throw new TerminalError('EmptyReplace', `${table}: replacing the table with no rows is refused`);
  }
  const { start, end } = run.interval;
  const [found] = await warehouse.query(
    `SELECT COUNT(*) AS held
     FROM ${ident(run.pipeline, entity.name)}
     WHERE _interval_start >= ${timestamp(start)}
     AND _interval_start < ${timestamp(end)}`,
  );
  const held = Number(found?.['held'] ?? 0);
  if (held > 0) {
    throw new TerminalError(
      'EmptiesInterval',
      `${table}: ${start} to ${end} holds ${held} rows, and this run has none to put in their place`,
    );
  }
}
