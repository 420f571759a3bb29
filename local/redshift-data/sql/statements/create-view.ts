import { isWord, render } from '../tokens.js';
import { refuseIf, noParameters, oneAtATime, type Plan, type Statement } from '../plan.js';
import { tree, trees, relation } from '../check-tree.js';
import { viaTree, parse } from '../via-tree.js';

export function createView(statement: Statement): Plan {
  noParameters(statement, 'create view');
  const { tokens } = statement;
  const as = tokens.findIndex((token) => isWord(token, 'as'));
  refuseIf(as < 0, 'create view', 'syntax error: AS is expected');
  const query = viaTree({ tokens: tokens.slice(as + 1), parameters: [] }, 'SelectStmt');
  const sql = `${render(tokens.slice(0, as + 1))} ${query.sql}`;
  const node = tree(tree(tree(trees(parse(sql))[0])['stmt'])['ViewStmt']);
  refuseIf(
    node['withCheckOption'] !== 'NO_CHECK_OPTION' || node['options'],
    'create view',
    'Redshift has no options of views',
  );
  relation(tree(node['view']));
  return { sql, values: [], kind: 'ddl', before: [oneAtATime] };
}
