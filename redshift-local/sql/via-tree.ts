import { parseSync } from 'libpg-query';
import { pseudoColumns } from '../external/pseudo-columns.js';
import { checkTree, relation, tree, trees, type Tree } from './check-tree.js';
import { catalogNames } from './shown-catalog.js';
import { checkQuery } from './checks/check-query.js';
import { isWriting } from './checks/nodes.js';
import { bindParameters } from './parameters.js';
import { refuseIf, type Statement } from './plan.js';
import { Refusal } from './refusal.js';
import { rewriteQuery } from './rewrite.js';
import { isSign, isWord, render, type Token } from './tokens.js';
import { typedDecimals } from './typed/decimal-items.js';
import { divideDecimals } from './typed/divide.js';
import { placesOf } from './typed/places.js';
import { superLiterals } from './typed/super-literals.js';
import { typedLiterals } from './typed/typed-literals.js';

/** rewritten, bound, parsed by PostgreSQL's parser, and checked node by node; `isStored`: a table or file is made of its rows;
 * `hasColumns`: a table or view has the types of its items; `isList`: its items are values of CALL or EXECUTE, without names */
export function viaTree(
  {
    tokens,
    parameters,
    catalog,
    isStored,
    hasColumns,
    isList,
  }: Pick<Statement, 'tokens' | 'parameters' | 'catalog'> & {
    isStored?: boolean;
    hasColumns?: boolean;
    isList?: boolean;
  },
  kind: string,
  check: (node: Tree) => void = () => undefined,
) {
  const { tokens: bound, values } = bindParameters(
    catalogNames(rewriteQuery(pseudoColumns(tokens), catalog)),
    parameters,
  );
  // as no column's name, and not after SELECT ... INTO, it would stand for SELECT * FROM
  const isTable = (token: Token, at: number) =>
    isWord(token, 'table') && !isSign(bound[at - 1], '.') && !isWord(bound[at - 1], 'as', 'into', 'temp', 'temporary');
  if (bound.some(isTable)) throw new Refusal('syntax', 'syntax error at or near "table": use SELECT * FROM');
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
  const whole = kind === 'SelectStmt' && !isList ? typedDecimals(typed, tree(node), catalog) : typed;
  return { sql: render(whole), values, before };
}

function parse(sql: string): unknown {
  try {
    return parseSync(sql).stmts;
  } catch (error) {
    throw new Refusal('syntax', error instanceof Error ? error.message : String(error));
  }
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
