import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { granteesFrom, requirePrincipals } from './grantees.js';
import { isWord, unquoted } from '../tokens.js';

const privileges = {
  tables: ['select', 'insert', 'update', 'delete', 'drop', 'alter', 'truncate', 'references'],
  functions: ['execute'],
  schemas: ['create', 'usage', 'alter', 'drop'],
};
type Kind = keyof typeof privileges;

const rest =
  '(?<privileges>[a-z]+(?: , [a-z]+)*|all privileges) for (?<kind>tables|functions|procedures|schemas) in (?:schema (?<schema>[NAME])(?: database (?<of>[NAME]))?|database (?<database>[NAME]))';
const forms = { grant: form(`grant ${rest} to .+`), revoke: form(`revoke ${rest} from .+`) };

/** what PostgreSQL calls them; a right to alter or drop what others own it has none of, but of a table's upkeep */
const known: Record<string, string> = { drop: 'maintain', alter: 'maintain' };

/** GRANT ... FOR TABLES IN SCHEMA s: on all of them, those that are made later included */
export function scopedGrant(statement: Statement): Plan {
  const { tokens } = statement;
  noParameters(statement, 'scoped grant');
  refuseIf(
    tokens.some((token, at) => isWord(token, 'option') && isWord(tokens[at - 1], 'grant')),
    'scoped grant',
    'the grant option of scoped permissions is not honoured here: the administrator grants them',
  );
  const { kind: verb, parts } = match(tokens, forms, 'scoped grant');
  const kind: Kind = parts['kind'] === 'procedures' ? 'functions' : (parts['kind'] as Kind);
  refuseIf(kind === 'schemas' && parts['schema'], 'scoped grant', 'schemas are in a database: FOR SCHEMAS IN DATABASE');
  const words = parts['privileges'] ?? '';
  const named = words.startsWith('all') ? privileges[kind] : words.split(' , ');
  for (const one of named)
    refuseIf(
      !privileges[kind].includes(one),
      'scoped grant',
      `${one.toUpperCase()} is not a permission of ${kind}, which are: ${privileges[kind].join(', ')}`,
    );
  const at = tokens.findLastIndex((token) => isWord(token, 'to', 'from'));
  const grantees = granteesFrom(tokens, at + 1);
  refuseIf(
    grantees.length === 0 || grantees.some((grantee) => grantee.kind === 'group'),
    'scoped grant',
    'scoped permissions are of users and roles: not of groups, not of PUBLIC',
  );
  const held = [...new Set(named.flatMap((one) => (kind === 'schemas' && known[one] ? [] : (known[one] ?? one))))];
  const bare = (name: string | undefined) => (name === undefined ? 'null' : literal(unquoted(sqlName(name))));
  const changes = grantees.map(
    ({ name }) =>
      `redshift_catalog.rs_local_change_scope('${kind}', ${bare(parts['schema'])}, ${bare(parts['of'] ?? parts['database'])}, '{${held.join(',')}}', ${bare(name)}, ${verb === 'grant'})`,
  );
  return { sql: `select ${changes.join(', ')}`, values: [], kind: 'ddl', before: requirePrincipals(grantees) };
}
