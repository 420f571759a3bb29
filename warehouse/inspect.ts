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

/** who owns the schema of the external tables; undefined where it is not there */
export async function externalOwner(warehouse: Warehouse): Promise<{ owner: string; self: string } | undefined> {
  const [row] = await warehouse.query(
    `SELECT u.usename AS owner, CURRENT_USER AS self
       FROM svv_external_schemas AS s
       JOIN pg_user AS u ON u.usesysid = s.esowner
      WHERE s.schemaname = 'spectrum'`,
  );
  return row && { owner: String(row['owner']).trim(), self: String(row['self']).trim() };
}

/** names of the database roles that this user may see: an administrator sees all */
export async function roleNames(warehouse: Warehouse): Promise<string[]> {
  return namesOf(await warehouse.query('SELECT role_name AS name FROM svv_roles'));
}

function namesOf(rows: Record<string, unknown>[]): string[] {
  return rows.map(({ name }) => String(name).trim());
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
