import { catalogOf } from './query/scope.js';
import { Refusal } from './refusal.js';
import { isSign, type Token } from './tokens.js';
import { viaTree } from './via-tree.js';

export const rewrittenDefaults = (sql: string) => sql.replace(/\bdefault sysdate\b/g, 'default rs_local_sysdate()');

export function checkDefault(value: Token[]) {
  const own = value.find(
    (token, at) =>
      isSign(value[at + 1], '(') &&
      (token.text.startsWith('f_') ||
        (isSign(value[at - 1], '.') && !/^(pg_catalog|redshift_catalog)$/.test(value[at - 2]?.text ?? ''))),
  );
  if (own) throw new Refusal('default value', `a DEFAULT takes no functions of users: ${own.text}`);
  viaTree(
    {
      tokens: [{ kind: 'word', text: 'select', space: false }, ...value.map((token) => ({ ...token, space: true }))],
      parameters: [],
      catalog: catalogOf(),
    },
    'SelectStmt',
  );
}
