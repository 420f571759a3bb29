import { text, tree, type Tree } from '../check-tree.js';
import { refuseIf, type Plan, type Statement } from '../plan.js';
import { isSign, isWord, type Token } from '../tokens.js';
import { viaTree } from '../via-tree.js';
import { remove } from './delete.js';
import { update } from './update.js';

export function select(statement: Statement): Plan {
  let into = false;
  const done = viaTree({ ...statement, tokens: intoTemporary(statement.tokens) }, 'SelectStmt', (node: Tree) => {
    const target = tree(tree(node['intoClause'])['rel']);
    into = target['relname'] !== undefined;
    refuseIf(
      into && target['relpersistence'] === 'u',
      'select into',
      `SELECT INTO UNLOGGED ${text(target['relname'])}: Redshift has no unlogged tables`,
    );
    delete node['intoClause'];
  });
  return { ...done, kind: into ? 'ddl' : 'query' };
}

/** a #name is a temporary table wherever it is made */
const intoTemporary = (tokens: Token[]): Token[] =>
  tokens.flatMap((token, at) =>
    isWord(tokens[at - 1], 'into') && token.kind === 'quoted' && token.text.startsWith('"#')
      ? [{ kind: 'word', text: 'temp', space: true }, token]
      : [token],
  );

/** WITH ... before SELECT, UPDATE or DELETE */
export function withQueries(statement: Statement): Plan {
  const verb = mainVerb(statement.tokens);
  if (verb === 'update') return update(statement);
  if (verb === 'delete') return remove(statement);
  refuseIf(verb === 'insert', 'insert', 'WITH comes after INSERT INTO t in Redshift');
  return select(statement);
}

function mainVerb(tokens: Token[]): string | undefined {
  let depth = 0;
  for (const token of tokens) {
    if (isSign(token, '(')) depth++;
    if (isSign(token, ')')) depth--;
    const isVerb = token.kind === 'word' && /^(select|insert|update|delete)$/.test(token.text);
    if (depth === 0 && isVerb) return token.text;
  }
  return undefined;
}
