import { parseSync } from 'libpg-query';
import { pseudoColumns } from '../external/pseudo-columns.js';
import { checkTree, relation, tree, trees, type Tree } from './check-tree.js';
import { bindParameters } from './parameters.js';
import { refuseIf, type Statement } from './plan.js';
import { Refusal } from './refusal.js';
import { rewriteQuery } from './rewrite.js';
import { isSign, isWord, render, type Token } from './tokens.js';

/** rewritten, bound, parsed by PostgreSQL's parser, and checked node by node */
export function viaTree(
  { tokens, parameters }: Pick<Statement, 'tokens' | 'parameters'>,
  kind: string,
  check: (node: Tree) => void = () => undefined,
) {
  const { tokens: bound, values } = bindParameters(catalogNames(rewriteQuery(pseudoColumns(tokens))), parameters);
  const sql = render(bound);
  const node = tree(tree(trees(parse(sql))[0])['stmt'])[kind];
  if (!node) throw new Refusal('syntax', `syntax error: not a ${kind}`);
  check(tree(node));
  checkTree(kind === 'SelectStmt' ? { SelectStmt: node } : tree(node));
  return { sql, values };
}

function parse(sql: string): unknown {
  try {
    return parseSync(sql).stmts;
  } catch (error) {
    throw new Refusal('syntax', error instanceof Error ? error.message : String(error));
  }
}

/** information_schema.columns as Redshift shows it */
function catalogNames(tokens: Token[]): Token[] {
  return tokens.flatMap((token, at) => {
    const isBefore = (back: number) =>
      isWord(tokens[at - back], 'information_schema') &&
      ['columns', 'tables'].includes(tokens[at - back + 2]?.text ?? '');
    if (isBefore(0)) return [];
    if (isBefore(1) && isSign(token, '.')) return [];
    return isBefore(2) ? [{ ...token, kind: 'word' as const, text: `svv_${token.text}`, space: true }] : [token];
  });
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
