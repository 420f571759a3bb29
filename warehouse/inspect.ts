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
