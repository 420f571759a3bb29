import { form, match, sqlName } from '../grammar.js';
import { literal, noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { procedureBody } from '../procedure-body.js';
import { Refusal } from '../refusal.js';
import { closing, isSign, isWord, splitCommas, stringValue, tokenize, type Token } from '../tokens.js';
import { parseName, parseType } from '../types.js';
import { setSetting } from '../settings.js';
import { viaTree } from '../via-tree.js';

const rule = 'procedure';
const forms = {
  create: form('create (?<replace>or replace )?procedure (?<name>[TABLE]) \\( [\\s\\S]*'),
};

/** CREATE PROCEDURE in PL/pgSQL: PostgreSQL runs it, each statement of its body as it would stand alone */
export function createProcedure(statement: Statement): Plan {
  noParameters(statement, rule);
  const { tokens } = statement;
  const { parts } = match(tokens, forms, rule);
  const open = tokens.findIndex((token) => isSign(token, '('));
  const close = closing(tokens, open);
  const isNonatomic = isWord(tokens[close + 1], 'nonatomic');
  const { body, security, settings } = attributesOf(tokens.slice(close + (isNonatomic ? 2 : 1)));
  const name = sqlName(parts['name']);
  const { list, opening } = argumentsOf(tokens.slice(open + 1, close), name);
  const written = procedureBody(tokenize(stringValue(body)), statement.catalog, statement.planInner, isNonatomic);
  const text = opening === '' ? written : `begin ${opening} ${written.replace(/;?\s*$/, ';')} end`;
  return {
    sql: `create ${parts['replace'] ?? ''}procedure ${name}(${list.join(', ')}) language plpgsql security ${security}${settings} as $rs_local$${text}$rs_local$`,
    values: [],
    kind: 'ddl',
  };
}

/** AS, LANGUAGE and SECURITY in any order, and SET last */
function attributesOf(all: Token[]): { body: Token; security: string; settings: string } {
  const set = all.findIndex((token) => isWord(token, 'set'));
  const tokens = set < 0 ? all : all.slice(0, set);
  const said = set < 0 ? '' : setSetting({ tokens: all.slice(set) }).sql.replace('set session ', 'set ');
  // Redshift's own settings have no effect here, but that the procedure cannot end its transaction
  const settings = said.startsWith('set redshift.') ? ' set extra_float_digits from current' : said && ` ${said}`;
  let body: Token | undefined;
  let security = 'invoker';
  let isPlpgsql = false;
  for (let at = 0; at < tokens.length; at += 2) {
    const value = tokens[at + 1];
    if (isWord(tokens[at], 'as') && value?.kind === 'string') body = value;
    else if (isWord(tokens[at], 'language') && isWord(value, 'plpgsql')) isPlpgsql = true;
    else if (isWord(tokens[at], 'security') && isWord(value, 'invoker', 'definer')) security = value?.text ?? security;
    else
      throw new Refusal(
        rule,
        `syntax error at or near "${tokens[at]?.text}": AS, LANGUAGE plpgsql and SECURITY follow the arguments`,
      );
  }
  if (!body || !isPlpgsql) throw new Refusal(rule, 'syntax error: a procedure has AS $$ ... $$ and LANGUAGE plpgsql');
  return { body, security, settings };
}

/** no value of a user's: an OUT argument that has another was given one */
const unsaid: [RegExp, string][] = [
  [/^smallint/, '-32768'],
  [/^integer/, '-2147483648'],
  [/^bigint/, '-9223372036854775808'],
  [/^(numeric|real|double)/, `'NaN'`],
  [/^(character|varchar|bpchar)/, `'rs_local_unsaid'`],
  [/^(date|timestamp)/, `'-infinity'`],
  [/^jsonb/, `'"rs_local_unsaid"'::jsonb`],
];

/** [name] [mode] type; an OUT argument, which CALL leaves out in Redshift, is an INOUT one that may be left out;
 * `opening`: what comes before the statements of the body */
function argumentsOf(list: Token[], procedure: string): { list: string[]; opening: string } {
  let isOpen = false;
  const opening: string[] = [];
  const written = splitCommas(list).map((tokens, at) => {
    const isMode = (token: Token | undefined) => isWord(token, 'in', 'inout', 'out');
    const modeAt = tokens.findIndex(isMode);
    const mode = tokens[modeAt]?.text ?? 'in';
    const rest = tokens.filter((token) => !isMode(token));
    refuseIf(
      isOpen && mode !== 'out',
      rule,
      'an OUT argument before others is not honoured here: put OUT arguments last',
    );
    isOpen ||= mode === 'out';
    const isNamed = rest.length > 1 && !isType(rest);
    const isCursor = isWord(rest.at(-1), 'refcursor');
    const { type, end } = isCursor
      ? { type: { pg: 'refcursor' }, end: rest.length }
      : parseType(rest, isNamed ? 1 : 0, true);
    if (end < rest.length) throw new Refusal(rule, `syntax error at or near "${rest[end]?.text}" in the arguments`);
    const name = isNamed ? `${parseName(rest[0], 'name of an argument')} ` : '';
    if (mode !== 'out') return `${mode} ${name}${type.pg}`;
    const said = name.trim() || `$${at + 1}`;
    const [, value = 'null'] = unsaid.find(([pattern]) => pattern.test(type.pg)) ?? [];
    opening.push(
      `if ${said} is distinct from ${value} then raise exception 'procedure % does not exist with that many arguments: CALL gives no value for its OUT argument %', ${literal(procedure)}, ${literal(said)} using errcode = '42883'; end if; ${said} := null;`,
    );
    return `inout ${name}${type.pg} default ${value}`;
  });
  return { list: written, opening: opening.join(' ') };
}

function isType(tokens: Token[]): boolean {
  try {
    return parseType(tokens, 0, true).end === tokens.length;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const changeForms = {
  change: form(
    '(?<verb>drop|alter) procedure (?<name>[TABLE]) \\( (?<types>.*?) ?\\)(?: (?<change>rename to|owner to) (?<to>current_user|session_user|[NAME]))?',
  ),
};

/** DROP and ALTER PROCEDURE: OUT arguments may be named, or not */
export function changeProcedure(statement: Statement): Plan {
  noParameters(statement, rule);
  const { parts } = match(statement.tokens, changeForms, rule);
  const { verb = '', change } = parts;
  refuseIf((verb === 'alter') !== (change !== undefined), rule, 'ALTER PROCEDURE takes RENAME TO or OWNER TO');
  const items = splitCommas(tokenize(parts['types'] ?? '')).filter(
    (item) => !item.some((token) => isWord(token, 'out')),
  );
  const types = items.map((item) => literal(inputType(item.filter((token) => !isWord(token, 'in', 'inout')))));
  const isOwn = parts['to'] === 'current_user' || parts['to'] === 'session_user';
  const to = change === undefined ? '' : `${change} ${isOwn ? parts['to'] : sqlName(parts['to'])}`;
  const list = [literal(verb), literal(sqlName(parts['name'])), `array[${types.join(', ')}]::text[]`, literal(to)];
  return { sql: `select redshift_catalog.rs_local_change_procedure(${list.join(', ')})`, values: [], kind: 'ddl' };
}

/** [name] type */
const inputType = (tokens: Token[]): string => parseType(tokens, isType(tokens) ? 0 : 1, true).type.pg;

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
            isList: true,
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
  return {
    sql: `call ${name}(${sql.replace(/^select ?/, '')})`,
    values,
    kind: 'query',
    // a NONATOMIC procedure leaves the transaction that it joins as it is
    ...(statement.isBatch && { before: [`select set_config('redshift.joined', 'on', true)`] }),
  };
}
