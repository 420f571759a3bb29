import { tree } from '../check-tree.js';
import { refuseIf, type Plan, type Statement } from '../plan.js';
import { isSign, isWord, type Token } from '../tokens.js';
import { viaTree } from '../via-tree.js';
import { requireTable } from './written-table.js';

export function remove(statement: Statement): Plan {
  let required: string[] = [];
  const plan = viaTree({ ...statement, tokens: withFrom(statement.tokens) }, 'DeleteStmt', (node) => {
    required = requireTable(node, 'delete from');
    refuseIf(tree(node['relation'])['alias'], 'delete', 'Redshift allows no alias of the table that DELETE names');
  });
  return { ...plan, before: [...required, ...plan.before], kind: 'write' };
}

/** FROM may be left out in Redshift */
function withFrom(tokens: Token[]): Token[] {
  const at = tokens.findIndex((token, index) => isWord(token, 'delete') && !isSign(tokens[index - 1], '.'));
  if (isWord(tokens[at + 1], 'from')) return tokens;
  return [...tokens.slice(0, at + 1), { kind: 'word', text: 'from', space: true }, ...tokens.slice(at + 1)];
}
