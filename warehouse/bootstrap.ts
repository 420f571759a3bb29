import { setTimeout } from 'node:timers/promises';
import { TransientError } from '../model/errors.js';
import { createLock, ident } from './ddl.js';
import type { Row, Warehouse } from './data-api.js';
import { createRoles, grantStatements, loaderStatements, type Principals } from './roles.js';
import { literal } from './sql.js';

const ledger = {
  ingestor_executions: {
    columns: `workflow_id VARCHAR(256) NOT NULL, run_id VARCHAR(64) NOT NULL, pipeline VARCHAR(64) NOT NULL,
      interval_start TIMESTAMP NOT NULL, interval_end TIMESTAMP NOT NULL, "trigger" VARCHAR(16) NOT NULL,
      files BIGINT, records BIGINT, ignored BIGINT, dropped BIGINT, unparseable BIGINT, bytes BIGINT, manifest VARCHAR(1024),
      status VARCHAR(16) NOT NULL, started_at TIMESTAMP, finished_at TIMESTAMP, error VARCHAR(4096)`,
    latestOf: 'pipeline, interval_start',
  },
  handler_executions: {
    columns: `workflow_id VARCHAR(256) NOT NULL, run_id VARCHAR(64) NOT NULL, pipeline VARCHAR(64) NOT NULL,
      entity VARCHAR(64) NOT NULL, interval_start TIMESTAMP NOT NULL, interval_end TIMESTAMP NOT NULL,
      valid BIGINT, rejected BIGINT, staged BIGINT, inserted BIGINT, updated BIGINT, deleted BIGINT,
      status VARCHAR(16) NOT NULL, started_at TIMESTAMP, finished_at TIMESTAMP, error VARCHAR(4096)`,
    latestOf: 'pipeline, entity, interval_start',
  },
  run_executions: {
    columns: `workflow_id VARCHAR(256) NOT NULL, run_id VARCHAR(64) NOT NULL, pipeline VARCHAR(64) NOT NULL,
      interval_start TIMESTAMP NOT NULL, interval_end TIMESTAMP NOT NULL, due_at TIMESTAMP, "trigger" VARCHAR(16) NOT NULL,
      status VARCHAR(16) NOT NULL, failed_step VARCHAR(128), late BOOLEAN, started_at TIMESTAMP, finished_at TIMESTAMP,
      params VARCHAR(4096), steps VARCHAR(65535), marked_by VARCHAR(256), note VARCHAR(4096)`,
    latestOf: 'pipeline, interval_start',
  },
};

/** nullable columns that ledgers of earlier versions lack */
const added: Partial<Record<string, Record<string, string>>> = {
  run_executions: {
    params: 'VARCHAR(4096)',
    steps: 'VARCHAR(65535)',
    marked_by: 'VARCHAR(256)',
    note: 'VARCHAR(4096)',
  },
};

export interface BootstrapOptions {
  database: string;
  pipelines: { name: string; entities: { plan: { name: string } }[] }[];
  /** Glue database of the external tables; absent when there are none */
  catalog?: string;
  /** the database user that loads: who makes external tables must own their schema */
  loader?: string;
  copyRoleArn: string;
}

/** what the warehouse has already */
interface Present extends Principals {
  ledger: Map<string, Set<string>>;
}

/** statements of one transaction: what the Data API takes in a batch */
const batch = 40;
const attempts = 5;

/** what `bootstrap` would send to this warehouse, in order */
export async function bootstrapStatements(warehouse: Warehouse, options: BootstrapOptions): Promise<string[]> {
  const { alone, together, owned } = plan(options, await present(warehouse));
  return [...alone, ...together, ...owned];
}

/** schemas, ledger, lock tables, database roles and their rights; safe to repeat, also by two at once */
export async function bootstrap(warehouse: Warehouse, options: BootstrapOptions): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { alone, together, owned } = plan(options, await present(warehouse));
      for (const statement of alone) await warehouse.execute([statement]);
      for (let at = 0; at < together.length; at += batch) await warehouse.execute(together.slice(at, at + batch));
      if (owned.length > 0) await warehouse.execute(owned);
      return [...alone, ...together, ...owned];
    } catch (error) {
      if (attempt === attempts || !(error instanceof TransientError)) throw error;
      await setTimeout(attempt * 200);
    }
  }
}

/** `alone`: what Redshift refuses in a transaction; `owned`: in one session, which reads names in their case */
function plan(options: BootstrapOptions, present: Present): Record<'alone' | 'together' | 'owned', string[]> {
  const { database, catalog, copyRoleArn, loader } = options;
  const pipelines = options.pipelines.map(({ name }) => name);
  const schemas = ['stage', 'monitor_db', 'staging', 'marts', ...pipelines];
  const external = catalog ? ['spectrum'] : [];
  return {
    alone: external.map(
      (schema) =>
        `CREATE EXTERNAL SCHEMA IF NOT EXISTS ${ident(schema)} FROM DATA CATALOG DATABASE ${literal(catalog ?? '')} IAM_ROLE ${literal(copyRoleArn)} CREATE EXTERNAL DATABASE IF NOT EXISTS`,
    ),
    together: [
      ...schemas.map((name) => `CREATE SCHEMA IF NOT EXISTS ${ident(name)}`),
      ...Object.entries(ledger).flatMap(([name, { columns, latestOf }]) => [
        `CREATE TABLE IF NOT EXISTS monitor_db.${name} (${columns.replace(/\s+/g, ' ')}) SORTKEY (pipeline, interval_start)`,
        ...upgrades(name, present.ledger.get(name)),
        `CREATE OR REPLACE VIEW monitor_db.${name}_latest AS SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ${latestOf} ORDER BY finished_at DESC, run_id DESC) AS recency FROM monitor_db.${name}) AS ranked WHERE recency = 1`,
      ]),
      ...options.pipelines.flatMap(({ name, entities }) =>
        entities.map((entity) => createLock(name, entity.plan.name)),
      ),
      ...createRoles(present),
      ...grantStatements({ database, pipelines, external }),
    ],
    owned: loader === undefined ? [] : loaderStatements(loader, external, present),
  };
}

/** `there`: the columns of a table that exists. A view lists its columns when it is made, so it is made anew */
function upgrades(name: string, there: Set<string> | undefined): string[] {
  const lacking = there ? Object.entries(added[name] ?? {}).filter(([column]) => !there.has(column)) : [];
  if (lacking.length === 0) return [];
  const columns = lacking.map(([column, type]) => `ALTER TABLE monitor_db.${name} ADD COLUMN ${column} ${type}`);
  return [`DROP VIEW IF EXISTS monitor_db.${name}_latest`, ...columns];
}

async function present(warehouse: Warehouse): Promise<Present> {
  return { ...(await principals(warehouse)), ledger: await ledgerColumns(warehouse) };
}

async function ledgerColumns(warehouse: Warehouse): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  const listed = await warehouse.query(
    "SELECT table_name, column_name FROM svv_columns WHERE table_schema = 'monitor_db'",
  );
  for (const { table_name: table, column_name: column } of listed) {
    found.set(String(table), (found.get(String(table)) ?? new Set()).add(String(column)));
  }
  return found;
}

async function principals(warehouse: Warehouse): Promise<Principals> {
  const roles = await warehouse.query('SELECT role_name FROM svv_roles');
  const users = await warehouse.query('SELECT user_name FROM svv_user_info');
  const loaders = await warehouse.query("SELECT user_name FROM svv_user_grants WHERE role_name = 'loader'");
  const named = (rows: Row[], column: string) => rows.map((row) => String(row[column]));
  return {
    roles: named(roles, 'role_name'),
    users: named(users, 'user_name'),
    loaders: named(loaders, 'user_name'),
  };
}
