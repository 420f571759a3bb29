import { form, match, sqlName } from '../grammar.js';
import { noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { procedureBody } from '../procedure-body.js';
import { Refusal } from '../refusal.js';
import { closing, isSign, isWord, splitCommas, stringValue, tokenize, type Token } from '../tokens.js';
import { parseName, parseType } from '../types.js';
import { viaTree } from '../via-tree.js';

const rule = 'procedure';
const forms = {
  create: form(
    'create (?<replace>or replace )?procedure (?<name>[TABLE]) \\( .* as [STRING] language plpgsql(?: security (?<security>invoker|definer))?',
  ),
};

/** CREATE PROCEDURE in PL/pgSQL: PostgreSQL runs it, each statement of its body as it would stand alone */
export function createProcedure(statement: Statement): Plan {
  noParameters(statement, rule);
  const { tokens } = statement;
  const { parts } = match(tokens, forms, rule);
  const open = tokens.findIndex((token) => isSign(token, '('));
  const close = closing(tokens, open);
  refuseIf(
    isWord(tokens[close + 1], 'nonatomic'),
    rule,
    'NONATOMIC is not honoured here: a procedure is one transaction',
  );
  const body = tokens.findLast(({ kind }) => kind === 'string');
  const text = procedureBody(tokenize(body ? stringValue(body) : ''), statement.catalog, statement.planInner);
  const list = splitCommas(tokens.slice(open + 1, close))
    .map(argument)
    .join(', ');
  const name = sqlName(parts['name']);
  return {
    sql: `create ${parts['replace'] ?? ''}procedure ${name}(${list}) language plpgsql security ${parts['security'] ?? 'invoker'} as $rs_local$${text}$rs_local$`,
    values: [],
    kind: 'ddl',
  };
}

/** [name] [mode] type */
function argument(tokens: Token[]): string {
  const isMode = (token: Token | undefined) => isWord(token, 'in', 'inout', 'out');
  const modeAt = tokens.findIndex(isMode);
  const mode = tokens[modeAt]?.text ?? 'in';
  const rest = tokens.filter((token) => !isMode(token));
  refuseIf(mode === 'out', rule, 'OUT arguments are not honoured here: use INOUT, and pass NULL');
  const isNamed = rest.length > 1 && !isType(rest);
  const { type, end } = parseType(rest, isNamed ? 1 : 0, true);
  if (end < rest.length) throw new Refusal(rule, `syntax error at or near "${rest[end]?.text}" in the arguments`);
  return `${mode} ${isNamed ? `${parseName(rest[0], 'name of an argument')} ` : ''}${type.pg}`;
}

function isType(tokens: Token[]): boolean {
  try {
    return parseType(tokens, 0, true).end === tokens.length;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const dropForm = {
  drop: form('drop procedure (?<name>[TABLE]) \\( (?<types>.*?) ?\\)'),
};

export function dropProcedure(statement: Statement): Plan {
  noParameters(statement, rule);
  const { parts } = match(statement.tokens, dropForm, rule);
  const list = splitCommas(tokenize(parts['types'] ?? '')).map(argument);
  return { sql: `drop procedure ${sqlName(parts['name'])}(${list.join(', ')})`, values: [], kind: 'ddl' };
}

export function callProcedure(statement: Statement): Plan {
  const { tokens } = statement;
  const open = tokens.findIndex((token) => isSign(token, '('));
  refuseIf(
    open < 0 || closing(tokens, open) !== tokens.length - 1,
    rule,
    'syntax error: CALL name(arguments) is expected',
  );
  // its arguments are checked as those of a SELECT
  const select: Token = { kind: 'word', text: 'select', space: false };
  const inside = tokens.slice(open + 1, -1);
  const { sql, values } =
    inside.length === 0
      ? { sql: 'select ', values: [] }
      : viaTree(
          {
            ...statement,
            tokens: [select, ...inside.map((token, at) => (at === 0 ? { ...token, space: true } : token))],
          },
          'SelectStmt',
        );
  const name = sqlName(
    tokens
      .slice(1, open)
      .map(({ text }) => text)
      .join(' '),
  );
  return { sql: `call ${name}(${sql.replace(/^select ?/, '')})`, values, kind: 'query' };
}
