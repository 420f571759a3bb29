import { tree, type Tree } from '../check-tree.js';
import { form, match, sqlName } from '../grammar.js';
import { noParameters, refuseIf, type Plan, type Statement } from '../plan.js';
import { Refusal } from '../refusal.js';
import { splitCommas, stringValue, tokenize, type Token } from '../tokens.js';
import { parseType } from '../types.js';
import { viaTree } from '../via-tree.js';

const rule = 'create function';
const forms = {
  sql: form(
    'create (?<replace>or replace )?function (?<name>[TABLE]) \\( (?<types>.*?) ?\\) returns (?<returns>.+?) (?<volatility>volatile|stable|immutable) as (?<body>[STRING]) language sql',
  ),
};
const clauses = [
  'fromClause',
  'whereClause',
  'groupClause',
  'sortClause',
  'limitCount',
  'intoClause',
  'withClause',
  'op',
];

/** a scalar SQL function: one SELECT of one expression over $1, $2, ... */
export function createFunction(statement: Statement): Plan {
  noParameters(statement, rule);
  const { parts } = match(statement.tokens, forms, rule);
  const name = sqlName(parts['name']);
  refuseIf(
    !name.includes('"."') && !name.startsWith('"f_'),
    rule,
    `a function of a user that is called without its schema begins with f_ here, as Redshift advises: got ${name}`,
  );
  const types = splitCommas(tokenize(parts['types'] ?? '')).map((tokens) => typeOf(tokens));
  const body = tokenize(stringValue(statement.tokens.findLast(({ kind }) => kind === 'string') ?? empty));
  const { sql } = viaTree(
    { tokens: body, parameters: [], catalog: statement.catalog, isStored: true },
    'SelectStmt',
    (node: Tree) => {
      const odd = clauses.find((clause) => node[clause] !== undefined && node[clause] !== 'SETOP_NONE');
      refuseIf(odd, rule, 'the body is SELECT and one expression, without FROM, WHERE or any other clause');
      refuseIf(!tree(node)['targetList'], rule, 'the body is SELECT and one expression');
    },
  );
  const returns = typeOf(tokenize(parts['returns'] ?? ''));
  const cast = `select cast((${sql.replace(/^select /, 'select ')}) as ${returns})`;
  return {
    sql: `create ${parts['replace'] ?? ''}function ${name}(${types.join(', ')}) returns ${returns} language sql ${parts['volatility']} as $wc$${cast}$wc$`,
    values: [],
    kind: 'ddl',
  };
}

const empty: Token = { kind: 'string', text: "''", space: false };

function typeOf(tokens: Token[]): string {
  const { type, end } = parseType(tokens, 0, true);
  if (end < tokens.length)
    throw new Refusal(rule, `arguments of a SQL function have types only, no names: at "${tokens[end]?.text}"`);
  return type.pg;
}

const dropForm = {
  drop: form('drop function (?<exists>if exists )?(?<name>[TABLE]) \\( (?<types>.*?) ?\\)(?<mode> cascade| restrict)?'),
};

export function dropFunction(statement: Statement): Plan {
  noParameters(statement, 'drop function');
  const { parts } = match(statement.tokens, dropForm, 'drop function');
  const types = splitCommas(tokenize(parts['types'] ?? '')).map(typeOf);
  const sql = `drop function ${parts['exists'] ?? ''}${sqlName(parts['name'])}(${types.join(', ')})${parts['mode'] ?? ''}`;
  return { sql, values: [], kind: 'ddl' };
}
