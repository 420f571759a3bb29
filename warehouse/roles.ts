import { ident } from './ddl.js';

/** of the database: who loads, who builds models, who reads */
export const databaseRoles = ['loader', 'transformer', 'analyst'] as const;
type DatabaseRole = (typeof databaseRoles)[number];

const rights = { write: 'ALL', append: 'SELECT, INSERT', read: 'SELECT' } as const;
const kinds = ['write', 'append', 'read'] as const;

type Grants = Partial<Record<DatabaseRole, keyof typeof rights>>;

/** what the bootstrap meets */
export interface Principals {
  /** database roles that exist */
  roles: string[];
  users: string[];
  /** users that hold the role of who loads */
  loaders: string[];
}

export interface GrantedSchemas {
  database: string;
  pipelines: string[];
  /** external schemas: there only USAGE is granted, the catalog decides the rest */
  external: string[];
}

export function createRoles({ roles }: Principals): string[] {
  return databaseRoles.filter((role) => !roles.includes(role)).map((role) => `CREATE ROLE ${ident(role)}`);
}

/** schemas and what is in them, now or later, by any maker; safe to repeat */
export function grantStatements({ database, pipelines, external }: GrantedSchemas): string[] {
  const bySchema: [string, Grants][] = [
    ...pipelines.map((name): [string, Grants] => [name, { loader: 'write', transformer: 'read', analyst: 'read' }]),
    ['stage', { loader: 'write' }],
    ['monitor_db', { loader: 'append', transformer: 'read', analyst: 'read' }],
    ['staging', { transformer: 'write', analyst: 'read' }],
    ['marts', { transformer: 'write', analyst: 'read' }],
  ];
  return [
    // a first load makes its pipeline's schema, a developer's dbt target its own
    `GRANT CREATE ON DATABASE ${ident(database)} TO ROLE "loader", ROLE "transformer"`,
    ...bySchema.flatMap(([schema, grants]) => schemaGrants(schema, grants)),
    ...external.map(
      (schema) => `GRANT USAGE ON SCHEMA ${ident(schema)} TO ROLE "loader", ROLE "transformer", ROLE "analyst"`,
    ),
  ];
}

/** who loads owns the external schema: a table there is made by the owner of the schema alone */
export function loaderStatements(loader: string, external: string[], { users, loaders }: Principals): string[] {
  const user = ident(loader);
  return [
    // Redshift folds quoted names too, and IAM's roles have capitals
    'SET enable_case_sensitive_identifier TO true',
    // it may sign in for the first time after this
    ...(users.includes(loader) ? [] : [`CREATE USER ${user} PASSWORD DISABLE`]),
    ...(loaders.includes(loader) ? [] : [`GRANT ROLE "loader" TO ${user}`]),
    ...external.map((schema) => `ALTER SCHEMA ${ident(schema)} OWNER TO ${user}`),
  ];
}

function schemaGrants(schema: string, grants: Grants): string[] {
  const name = ident(schema);
  return kinds.flatMap((kind) => {
    const roles = databaseRoles.filter((role) => grants[role] === kind);
    if (roles.length === 0) return [];
    const to = roles.map((role) => `ROLE ${ident(role)}`).join(', ');
    return [
      `GRANT ${kind === 'write' ? 'USAGE, CREATE' : 'USAGE'} ON SCHEMA ${name} TO ${to}`,
      `GRANT ${rights[kind]} FOR TABLES IN SCHEMA ${name} TO ${to}`,
    ];
  });
}
