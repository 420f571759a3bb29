import { TerminalError } from '../model/errors.js';
import type { Warehouse } from './data-api.js';

/** names of all schemas */
export async function schemaNames(warehouse: Warehouse): Promise<string[]> {
  return namesOf(await warehouse.query('SELECT nspname AS name FROM pg_namespace'));
}

/** names of the ledger's tables and views */
export async function ledgerNames(warehouse: Warehouse): Promise<string[]> {
  return namesOf(
    await warehouse.query("SELECT DISTINCT table_name AS name FROM svv_columns WHERE table_schema = 'monitor_db'"),
  );
}

/** the warehouse's clock, seconds since 1970 */
export async function clockSeconds(warehouse: Warehouse): Promise<number> {
  const [row] = await warehouse.query('SELECT CAST(EXTRACT(epoch FROM GETDATE()) AS BIGINT) AS seconds');
  return Number(row?.['seconds']);
}

function namesOf(rows: Record<string, unknown>[]): string[] {
  return rows.map(({ name }) => String(name));
}

/** `Serializable` or `Snapshot Isolation`; none where the user may not see it */
export async function isolationLevel(warehouse: Warehouse): Promise<string | undefined> {
  const rows = await warehouse
    .query('SELECT isolation_level FROM stv_db_isolation_level WHERE db_name = CURRENT_DATABASE()')
    .catch((error: unknown) => {
      if (error instanceof TerminalError) return [];
      throw error;
    });
  const [row] = rows;
  return row && String(row['isolation_level']).trim();
}
