import { ident } from './ddl.js';

/** of the database: who loads, who builds models, who reads */
const databaseRoles = ['loader', 'transformer', 'analyst'] as const;
type DatabaseRole = (typeof databaseRoles)[number];

const rights = { write: 'ALL', append: 'SELECT, INSERT', read: 'SELECT' } as const;
const kinds = ['write', 'append', 'read'] as const;

type Grants = Partial<Record<DatabaseRole, keyof typeof rights>>;

/** what the bootstrap meets */
export interface Principals {
  /** database roles that exist */
  roles: string[];
  /** users that hold a role, by role: what they make later is granted as well */
  holders: Partial<Record<DatabaseRole, string[]>>;
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

/** schemas and what is in them, and by default what will be; safe to repeat */
export function grantStatements({ database, pipelines, external }: GrantedSchemas, { holders }: Principals): string[] {
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
    ...bySchema.flatMap(([schema, grants]) => {
      const writer = databaseRoles.find((role) => grants[role] === 'write');
      return schemaGrants(schema, grants, writer ? (holders[writer] ?? []) : []);
    }),
    ...external.map(
      (schema) => `GRANT USAGE ON SCHEMA ${ident(schema)} TO ROLE "loader", ROLE "transformer", ROLE "analyst"`,
    ),
  ];
}

function schemaGrants(schema: string, grants: Grants, makers: string[]): string[] {
  const name = ident(schema);
  // privileges by default belong to whoever makes a table: who runs this, and each user that writes here
  const asWhom = ['', ...makers.map((user) => ` FOR USER ${ident(user)}`)];
  return kinds.flatMap((kind) => {
    const roles = databaseRoles.filter((role) => grants[role] === kind);
    if (roles.length === 0) return [];
    const to = roles.map((role) => `ROLE ${ident(role)}`).join(', ');
    return [
      `GRANT ${kind === 'write' ? 'USAGE, CREATE' : 'USAGE'} ON SCHEMA ${name} TO ${to}`,
      `GRANT ${rights[kind]} ON ALL TABLES IN SCHEMA ${name} TO ${to}`,
      ...asWhom.map(
        (whom) => `ALTER DEFAULT PRIVILEGES${whom} IN SCHEMA ${name} GRANT ${rights[kind]} ON TABLES TO ${to}`,
      ),
    ];
  });
}
