import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { isWord, unquoted } from '../tokens.js';
import { viaTree } from '../via-tree.js';

const rule = 'cursor';
const forms = {
  declare: form('declare (?<name>[NAME]) (?:no scroll )?cursor (?:without hold )?for .*'),
  fetch: form('fetch (?:(?<how>next|all|forward|forward all|forward [NUMBER]) )?from (?<name>[NAME])'),
  close: form('close (?<name>[NAME])'),
};

/** of one transaction, one at a time; PostgreSQL has the same, with more ways to move */
export function cursor(statement: Statement): Plan {
  noParameters(statement, rule);
  const { kind, parts } = match(statement.tokens, forms, rule);
  const name = sqlName(parts['name']);
  refuseIf(
    !statement.isBatch,
    rule,
    `a cursor lives in a transaction: BEGIN before ${kind.toUpperCase()}, and COMMIT after the last FETCH`,
  );
  if (kind === 'fetch') return { sql: `fetch ${parts['how'] ?? 'next'} from ${name}`, values: [], kind: 'query' };
  if (kind === 'close') return { sql: `close ${name}`, values: [], kind: 'ddl' };
  const at = statement.tokens.findIndex((token) => isWord(token, 'for'));
  const { sql, values } = viaTree({ ...statement, tokens: statement.tokens.slice(at + 1) }, 'SelectStmt');
  return {
    // FORWARD 0, the row that it is on, is a move back to PostgreSQL
    sql: `declare ${name} scroll cursor for ${sql}`,
    values,
    kind: 'ddl',
    before: [`select redshift_catalog.rs_local_one_cursor(${literal(unquoted(name))})`],
  };
}
