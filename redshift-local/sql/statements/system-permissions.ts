import { literal, noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { isWord, splitCommas, unquoted } from '../tokens.js';
import { granteesFrom, requirePrincipals } from './grantees.js';

const rule = 'grant of the system';
/** AWS's list of system permissions */
const known = new Set(
  `create user,drop user,alter user,create schema,drop schema,alter default privileges,access catalog,access system table,create table,drop table,alter table,
   create or replace function,create or replace external function,drop function,create or replace procedure,drop procedure,create or replace view,drop view,
   create model,drop model,create datashare,alter datashare,drop datashare,create library,drop library,create role,drop role,truncate table,vacuum,analyze,
   cancel,ignore rls,explain rls,explain masking`
    .split(',')
    .map((name) => name.trim()),
);

/** GRANT and REVOKE of system permissions: of roles only; they are noted and shown, and give nothing more */
export function systemPermissions(statement: Statement): Plan {
  noParameters(statement, rule);
  const { tokens } = statement;
  const isGrant = isWord(tokens[0], 'grant');
  const to = tokens.findLastIndex((token) => isWord(token, isGrant ? 'to' : 'from'));
  const names = splitCommas(tokens.slice(1, to)).map((words) => words.map(({ text }) => text).join(' '));
  const odd = names.find((name) => !known.has(name));
  refuseIf(odd !== undefined, rule, `"${odd}" is not a system permission`);
  const roles = granteesFrom(tokens, to + 1);
  refuseIf(
    roles.length === 0 || roles.some(({ kind }) => kind !== 'role'),
    rule,
    'system permissions are granted to roles: TO ROLE name',
  );
  const list = (all: string[]) => `array[${all.map(literal).join(', ')}]::text[]`;
  const noted = [isGrant, list(names), list(roles.map(({ name }) => unquoted(name)))].map(String).join(', ');
  return {
    sql: `select redshift_catalog.rs_local_note_permissions(${noted})`,
    values: [],
    kind: 'ddl',
    before: requirePrincipals(roles),
  };
}
