import { catalogOf } from './query/scope.js';
import type { Token } from './tokens.js';
import { viaTree } from './via-tree.js';

export const rewrittenDefaults = (sql: string) => sql.replace(/\bdefault sysdate\b/g, 'default rs_local_sysdate()');

export function checkDefault(value: Token[]) {
  viaTree(
    {
      tokens: [{ kind: 'word', text: 'select', space: false }, ...value.map((token) => ({ ...token, space: true }))],
      parameters: [],
      catalog: catalogOf(),
    },
    'SelectStmt',
  );
}
