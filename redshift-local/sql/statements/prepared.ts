import { refuseIf, type Plan, type Statement } from '../plan.js';
import { closing, isSign, isWord, splitCommas, type Token } from '../tokens.js';
import { parseName, parseType } from '../types.js';
import { viaTree } from '../via-tree.js';

const rule = 'prepared statement';

/** PREPARE name [(types)] AS ..., EXECUTE name [(values)], DEALLOCATE [PREPARE] name: they live as long as the session */
export function prepared(statement: Statement): Plan {
  const { tokens } = statement;
  const kind = isWord(tokens[0], 'execute') ? 'query' : 'setting';
  const at = isWord(tokens[0], 'deallocate') && isWord(tokens[1], 'prepare') ? 2 : 1;
  refuseIf(isWord(tokens[at], 'all'), rule, 'DEALLOCATE names one prepared statement');
  const name = parseName(tokens[at], 'name of a prepared statement');
  const open = isSign(tokens[at + 1], '(');
  const end = open ? closing(tokens, at + 1) + 1 : at + 1;
  const items = open ? splitCommas(tokens.slice(at + 2, end - 1)) : [];
  const rest = tokens.slice(end);
  const list = (all: string[]) => (all.length > 0 ? ` (${all.join(', ')})` : '');
  if (isWord(tokens[0], 'prepare')) {
    const isTaken = isWord(rest[0], 'as') && isWord(rest[1], 'select', 'insert', 'update', 'delete', 'with');
    refuseIf(!isTaken, rule, 'syntax error: PREPARE name [(types)] AS SELECT, INSERT, UPDATE or DELETE is expected');
    const types = items.map((item) => parseType(item, 0, true).type.pg);
    const { sql, before, after, command } = statement.planInner(rest.slice(1));
    refuseIf(command || (after ?? []).length > 0, rule, 'this statement is not honoured here when it is prepared');
    return { sql: `prepare ${name}${list(types)} as ${sql}`, values: [], kind, ...(before && { before }) };
  }
  refuseIf(rest.length > 0, rule, `syntax error at or near "${rest[0]?.text}"`);
  if (isWord(tokens[0], 'deallocate')) return { sql: `deallocate ${name}`, values: [], kind };
  return { sql: `execute ${name}${list(items.map((item) => checked(statement, item)))}`, values: [], kind };
}

/** a value is checked as that of a SELECT */
function checked(statement: Statement, item: Token[]): string {
  const select: Token = { kind: 'word', text: 'select', space: false };
  const tokens = [select, ...item.map((token, at) => (at === 0 ? { ...token, space: true } : token))];
  return viaTree({ ...statement, parameters: [], tokens, isList: true }, 'SelectStmt').sql.replace(/^select ?/, '');
}
