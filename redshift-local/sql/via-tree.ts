import { parseSync } from 'libpg-query';
import { pseudoColumns } from '../external/pseudo-columns.js';
import { checkTree, relation, tree, trees, type Tree } from './check-tree.js';
import { checkQuery } from './checks/check-query.js';
import { isWriting } from './checks/nodes.js';
import { bindParameters } from './parameters.js';
import { refuseIf, type Statement } from './plan.js';
import { Refusal } from './refusal.js';
import { rewriteQuery } from './rewrite.js';
import { isSign, render, type Token } from './tokens.js';
import { typedDecimals } from './typed/decimal-items.js';
import { divideDecimals } from './typed/divide.js';
import { placesOf } from './typed/places.js';
import { superLiterals } from './typed/super-literals.js';
import { typedLiterals } from './typed/typed-literals.js';

/** rewritten, bound, parsed by PostgreSQL's parser, and checked node by node; `isStored`: a table or file is made of its rows;
 * `hasColumns`: a table or view has the types of its items */
export function viaTree(
  {
    tokens,
    parameters,
    catalog,
    isStored,
    hasColumns,
  }: Pick<Statement, 'tokens' | 'parameters' | 'catalog'> & { isStored?: boolean; hasColumns?: boolean },
  kind: string,
  check: (node: Tree) => void = () => undefined,
) {
  const { tokens: bound, values } = bindParameters(
    catalogNames(rewriteQuery(pseudoColumns(tokens), catalog)),
    parameters,
  );
  const sql = render(bound);
  const node = tree(tree(trees(parse(sql))[0])['stmt'])[kind];
  if (!node) throw new Refusal('syntax', `syntax error: not a ${kind}`);
  if (kind === 'SelectStmt' && tree(node)['valuesLists'])
    throw new Refusal('values', 'Redshift has no VALUES statement: use SELECT, with UNION ALL for more rows');
  const isKept = isStored ?? isWriting(kind, tree(node));
  check(tree(node));
  checkTree(kind === 'SelectStmt' ? { SelectStmt: node } : tree(node), isKept);
  const before = checkQuery(kind, tree(node), isKept);
  const places = placesOf(bound);
  const literals = hasColumns ? typedLiterals(bound, places, tree(node)) : bound;
  const typed = divideDecimals(superLiterals(literals, places, tree(node), catalog), places, tree(node), catalog);
  const whole = kind === 'SelectStmt' ? typedDecimals(typed, tree(node), catalog) : typed;
  return { sql: render(whole), values, before };
}

function parse(sql: string): unknown {
  try {
    return parseSync(sql).stmts;
  } catch (error) {
    throw new Refusal('syntax', error instanceof Error ? error.message : String(error));
  }
}

/** relations that Redshift shows otherwise than PostgreSQL, and where the local ones are */
const shown: Record<string, Record<string, string>> = {
  information_schema: {
    columns: 'svv_columns',
    tables: 'svv_tables',
    views: 'rs_local_information_views',
    table_constraints: 'rs_local_table_constraints',
    key_column_usage: 'rs_local_key_column_usage',
    constraint_column_usage: 'rs_local_constraint_column_usage',
    referential_constraints: 'rs_local_referential_constraints',
  },
  pg_catalog: {
    pg_class: 'rs_local_class',
    pg_user: 'rs_local_user',
    pg_attrdef: 'rs_local_attrdef',
    pg_views: 'rs_local_views',
    pg_attribute: 'rs_local_attribute',
    pg_depend: 'rs_local_depend',
    pg_index: 'rs_local_index',
    pg_constraint: 'rs_local_constraint',
    pg_get_constraintdef: 'rs_local_constraintdef',
  },
};

/** names of the catalog; what has no schema is PostgreSQL's own, and Redshift's views may be called pg_catalog's */
function catalogNames(tokens: Token[]): Token[] {
  const local = (schema: string, name: string) =>
    shown[schema]?.[name] ?? (schema === 'pg_catalog' && name.startsWith('svv_') ? name : undefined);
  const found: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) continue;
    const name = tokens[at + 2];
    // in quotes it is PostgreSQL's own: dbt-redshift looks for columns of temporary tables there
    const isQualified = isSign(tokens[at + 1], '.') && name !== undefined;
    const qualified = isQualified && token.kind === 'word' ? local(token.text, name.text) : undefined;
    const isPart = isSign(tokens[at - 1], '.');
    const bare = token.kind === 'word' && !isPart ? shown['pg_catalog']?.[token.text] : undefined;
    if (qualified) at += 2;
    const text = qualified ?? bare;
    found.push(text ? { ...token, kind: 'word', text, space: token.space } : token);
  }
  return found;
}

/** utility statements hold no expressions: their own check is all */
export function utility(statement: Statement, kind: string, check: (node: Tree) => void) {
  const sql = render(statement.tokens);
  const node = tree(tree(trees(parse(sql))[0])['stmt'])[kind];
  refuseIf(!node, 'syntax', 'syntax error: this form of the statement is not honoured here');
  check(tree(node));
  if (tree(node)['relation']) relation(tree(tree(node)['relation']));
  return { sql, values: [] };
}
