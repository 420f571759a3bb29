import { refuseIf, type Plan, type Statement } from '../plan.js';
import { text, tree, trees, type Tree } from '../check-tree.js';
import { fieldsOf, nodesOf } from '../checks/walk.js';
import { isSign, isWord, type Token } from '../tokens.js';
import { viaTree } from '../via-tree.js';
import { requireTable } from './written-table.js';

export const setsColumns = (targets: unknown, rule: string) =>
  refuseIf(
    trees(targets).some((target) => tree(target['ResTarget'])['indirection']),
    rule,
    'a column of SET has no table name before it',
  );

export function update(statement: Statement): Plan {
  let required: string[] = [];
  let again: string | undefined;
  const where = placeOfWhere(statement.tokens);
  const tokens = statement.tokens.map((token) => token);
  if (where >= 0) tokens.splice(where + 1, Infinity, sign('('), ...statement.tokens.slice(where + 1), sign(')'));
  const plan = viaTree({ ...statement, tokens }, 'UpdateStmt', (node) => {
    required = requireTable(node, 'update');
    setsColumns(node['targetList'], 'update');
    again = sameRow(node);
  });
  const sql = again === undefined ? plan.sql : `${plan.sql} ${where < 0 ? 'where' : 'and'} ${again}`;
  return { ...plan, sql, before: [...required, ...plan.before], kind: 'write' };
}

const sign = (written: string): Token => ({ kind: 'sign', text: written, space: true });

function placeOfWhere(tokens: Token[]): number {
  let depth = 0;
  return tokens.findLastIndex((token) => {
    if (isSign(token, ')')) depth++;
    if (isSign(token, '(')) depth--;
    return depth === 0 && isWord(token, 'where');
  });
}

/**
 * AWS: c_Examples_of_UPDATE_statements: the target, named once more in a join of FROM and nowhere else, is the same row;
 * PostgreSQL would take every row of it
 */
function sameRow(node: Tree): string | undefined {
  const target = tree(node['relation']);
  const own = text(tree(target['alias'])['aliasname']) || text(target['relname']);
  const twin = trees(node['fromClause'])
    .filter((item) => item['JoinExpr'])
    .flatMap((item) => nodesOf(item, 'RangeVar'))
    .find(
      ({ relname, schemaname, alias }) => relname === target['relname'] && schemaname === target['schemaname'] && alias,
    );
  const isJoined = [node['fromClause'], node['whereClause']]
    .flatMap((part) => nodesOf(part, 'ColumnRef'))
    .some((column) => fieldsOf(column).at(-2) === own);
  return twin && !isJoined ? `"${own}".ctid = "${text(tree(twin['alias'])['aliasname'])}".ctid` : undefined;
}
