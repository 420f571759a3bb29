import { closing, isSign, isWord, type Token } from './tokens.js';
import { shortLiteral } from './long-names.js';

/** relations that Redshift shows otherwise than PostgreSQL, and where the local ones are */
const relations: Record<string, Record<string, string>> = {
  information_schema: {
    columns: 'svv_columns',
    '"columns"': 'rs_local_information_columns',
    tables: 'svv_tables',
    views: 'rs_local_information_views',
    table_constraints: 'rs_local_table_constraints',
    key_column_usage: 'rs_local_key_column_usage',
    constraint_column_usage: 'rs_local_constraint_column_usage',
    referential_constraints: 'rs_local_referential_constraints',
    schemata: 'rs_local_named_schemata',
    routines: 'rs_local_named_routines',
    table_privileges: 'rs_local_named_table_privileges',
    role_table_grants: 'rs_local_named_role_table_grants',
    applicable_roles: 'rs_local_named_applicable_roles',
  },
  pg_catalog: {
    pg_class: 'rs_local_class',
    pg_user: 'rs_local_user',
    pg_attrdef: 'rs_local_attrdef',
    pg_views: 'rs_local_views',
    pg_attribute: 'rs_local_attribute',
    pg_depend: 'rs_local_depend',
    pg_index: 'rs_local_index',
    pg_constraint: 'rs_local_named_constraint',
    pg_namespace: 'rs_local_named_namespace',
    pg_tables: 'rs_local_named_tables',
    pg_proc: 'rs_local_named_proc',
    pg_database: 'rs_local_named_database',
    pg_group: 'rs_local_named_group',
    pg_indexes: 'rs_local_named_indexes',
    pg_rules: 'rs_local_named_rules',
  },
};

/** the same for functions, which a column or an alias may be called as */
const calls: Record<string, string> = {
  pg_get_constraintdef: 'rs_local_constraintdef',
  pg_get_userbyid: 'rs_local_userbyid',
  pg_get_viewdef: 'rs_local_viewdef',
  pg_get_indexdef: 'rs_local_indexdef',
  current_schema: 'rs_local_current_schema',
  current_schemas: 'rs_local_current_schemas',
  current_database: 'rs_local_current_database',
};

function local(schema: string, token: Token, next: Token | undefined): string | undefined {
  const name = token.text;
  if (schema === 'pg_catalog' && isSign(next, '(')) return Object.hasOwn(calls, name) ? calls[name] : undefined;
  const found = relations[schema];
  if (found && Object.hasOwn(found, name)) return found[name];
  return schema === 'pg_catalog' && /^(svv|stv|stl|svl|sys)_/.test(name) ? name : undefined;
}

/** names of the catalog; what has no schema is PostgreSQL's own, and Redshift's views may be called pg_catalog's */
export function catalogNames(tokens: Token[]): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) continue;
    const name = tokens[at + 2];
    const isQualified = token.kind === 'word' && isSign(tokens[at + 1], '.') && name !== undefined;
    const qualified = isQualified ? local(token.text, name, tokens[at + 3]) : undefined;
    const isBare = token.kind === 'word' && !isSign(tokens[at - 1], '.');
    const bare = isBare ? local('pg_catalog', token, tokens[at + 1]) : undefined;
    if (qualified) at += 2;
    const text = qualified ?? bare;
    found.push(text ? { ...token, kind: 'word', text, space: token.space } : whole(token, tokens, at));
  }
  return withoutNames(found);
}

/** the name in `'schema.table'::regclass` */
function whole(token: Token, tokens: Token[], at: number): Token {
  const isCast = token.kind === 'string' && isSign(tokens[at + 1], '::') && isWord(tokens[at + 2], 'regclass');
  return isCast ? { ...token, text: shortLiteral(token.text) } : token;
}

/** the list of columns that is said with this function: PostgreSQL's NAME cuts whole names off */
function withoutNames(tokens: Token[]): Token[] {
  const at = tokens.findIndex((token) => isWord(token, 'pg_get_late_binding_view_cols'));
  const open = at < 0 ? -1 : tokens.findIndex((token, place) => place > at + 2 && isSign(token, '('));
  if (open < 0 || open > at + 5) return tokens;
  const close = closing(tokens, open);
  return tokens.map((token, place) => {
    const isType = place > open && place < close && isWord(token, 'name') && !isSign(tokens[place - 1], ',');
    return isType && place > open + 1 ? { ...token, text: 'varchar' } : token;
  });
}
