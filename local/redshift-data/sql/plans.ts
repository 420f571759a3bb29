import { parseSync } from 'libpg-query';
import type { Command } from '../commands.js';
import { checkTree, nameOf, relation, text, tree, trees, type Tree } from './check-tree.js';
import { parseCopy } from './copy.js';
import { parseColumn, parseCreateTable } from './create-table.js';
import { bindParameters, type Parameter } from './parameters.js';
import { Refusal } from './refusal.js';
import { rewriteExpressions } from './rewrite.js';
import { parseTable } from './types.js';
import { isSign, isWord, render, type Token } from './tokens.js';

export interface Statement {
  tokens: Token[];
  parameters: Parameter[];
  /** inside a transaction it shares with others: a batch, or one that a session has begun */
  isBatch: boolean;
}

export interface Plan {
  /** PostgreSQL text, empty for a command */
  sql: string;
  values: string[];
  /** a lock must come before the transaction's snapshot; maintenance runs outside a transaction; control begins and ends one */
  kind: 'query' | 'write' | 'ddl' | 'lock' | 'maintenance' | 'control' | 'setting';
  /** its VARCHAR and CHAR columns get their limit in bytes afterwards */
  created?: string;
  /** must be tables, no views */
  tables?: string[];
  /** one at a time: PostgreSQL's IF NOT EXISTS races */
  serial?: boolean;
  command?: Command;
  /** names said inside of its literals */
  words?: string[];
}

/** rewritten, bound, parsed by PostgreSQL's parser, and checked node by node */
function viaTree(
  { tokens, parameters }: Pick<Statement, 'tokens' | 'parameters'>,
  kind: string,
  check: (node: Tree) => void = () => undefined,
) {
  const { tokens: bound, values } = bindParameters(catalogNames(rewriteExpressions(tokens)), parameters);
  const sql = render(bound);
  const node = tree(tree(trees(parse(sql))[0])['stmt'])[kind];
  if (!node) throw new Refusal('syntax', `syntax error: not a ${kind}`);
  check(tree(node));
  checkTree(kind === 'SelectStmt' ? { SelectStmt: node } : tree(node));
  return { sql, values };
}

function parse(sql: string): unknown {
  try {
    return parseSync(sql).stmts;
  } catch (error) {
    throw new Refusal('syntax', error instanceof Error ? error.message : String(error));
  }
}

/** information_schema.columns as Redshift shows it */
function catalogNames(tokens: Token[]): Token[] {
  return tokens.flatMap((token, at) => {
    const isBefore = (back: number) =>
      isWord(tokens[at - back], 'information_schema') &&
      ['columns', 'tables'].includes(tokens[at - back + 2]?.text ?? '');
    if (isBefore(0)) return [];
    if (isBefore(1) && isSign(token, '.')) return [];
    return isBefore(2) ? [{ ...token, kind: 'word' as const, text: `svv_${token.text}`, space: true }] : [token];
  });
}

const refuseIf = (condition: unknown, rule: string, reason: string) => {
  if (condition) throw new Refusal(rule, reason);
};
const noParameters = ({ tokens }: Statement, rule: string) =>
  refuseIf(
    tokens.some(({ kind }) => kind === 'parameter'),
    rule,
    'parameters are allowed in SELECT, INSERT, UPDATE, DELETE and MERGE only',
  );

export function select(statement: Statement): Plan {
  const check = (node: Tree) => refuseIf(node['valuesLists'], 'values', 'Redshift has no VALUES statement');
  return { ...viaTree(statement, 'SelectStmt', check), kind: 'query' };
}

export function insert(statement: Statement): Plan {
  const check = (node: Tree) => {
    refuseIf(node['withClause'], 'insert', 'WITH comes after INSERT INTO t in Redshift');
    refuseIf(node['override'] !== 'OVERRIDING_NOT_SET', 'insert', 'Redshift has no OVERRIDING');
    refuseIf(tree(node['relation'])['alias'], 'insert', 'Redshift allows no alias of the table');
    refuseIf(
      trees(node['cols']).some((column) => tree(column['ResTarget'])['indirection']),
      'insert',
      'a column of INSERT has no prefix',
    );
  };
  return { ...viaTree(statement, 'InsertStmt', check), kind: 'write' };
}

const setsColumns = (targets: unknown, rule: string) =>
  refuseIf(
    trees(targets).some((target) => tree(target['ResTarget'])['indirection']),
    rule,
    'a column of SET has no table name before it',
  );

export function update(statement: Statement): Plan {
  const check = (node: Tree) => setsColumns(node['targetList'], 'update');
  return { ...viaTree(statement, 'UpdateStmt', check), kind: 'write' };
}

export function remove(statement: Statement): Plan {
  const check = (node: Tree) =>
    refuseIf(tree(node['relation'])['alias'], 'delete', 'Redshift allows no alias of the table that DELETE names');
  return { ...viaTree(statement, 'DeleteStmt', check), kind: 'write' };
}

const quoted = (node: Tree) =>
  ['schemaname', 'relname']
    .flatMap((part) => (node[part] === undefined ? [] : [`"${text(node[part]).replaceAll('"', '""')}"`]))
    .join('.');

export function merge(statement: Statement): Plan {
  let tables: string[] = [];
  const done = viaTree(statement, 'MergeStmt', (node) => {
    const target = tree(node['relation']);
    const source = tree(node['sourceRelation'])['RangeVar'];
    refuseIf(node['withClause'], 'merge', 'Redshift has no WITH before MERGE');
    refuseIf(target['alias'], 'merge', 'Redshift allows no alias of the target of MERGE');
    refuseIf(!source, 'merge', 'the source of MERGE is a table, no subquery or view');
    tables = [quoted(target), quoted(tree(source))];
    refuseIf(tables[0] === tables[1], 'merge', 'source and target of MERGE are the same table');
    refuseIf(!isEquality(tree(node['joinCondition'])), 'merge', 'MERGE matches by equal columns only, joined by AND');
    const clauses = trees(node['mergeWhenClauses']).map((clause) => tree(clause['MergeWhenClause']));
    const [matched, missing] = clauses;
    const isRight =
      clauses.length === 2 &&
      matched?.['matchKind'] === 'MERGE_WHEN_MATCHED' &&
      ['CMD_UPDATE', 'CMD_DELETE'].includes(String(matched['commandType'])) &&
      missing?.['matchKind'] === 'MERGE_WHEN_NOT_MATCHED_BY_TARGET' &&
      missing['commandType'] === 'CMD_INSERT';
    refuseIf(
      !isRight,
      'merge',
      'MERGE takes exactly WHEN MATCHED THEN UPDATE or DELETE, then WHEN NOT MATCHED THEN INSERT',
    );
    refuseIf(
      clauses.some((clause) => clause['condition']),
      'merge',
      'Redshift has no WHEN ... AND condition',
    );
    setsColumns(matched?.['targetList'], 'merge');
  });
  return { ...done, kind: 'write', tables };
}

function isEquality(node: Tree): boolean {
  const all = tree(node['BoolExpr']);
  if (all['boolop'] === 'AND_EXPR') return trees(all['args']).every(isEquality);
  const one = tree(node['A_Expr']);
  return one['kind'] === 'AEXPR_OP' && nameOf(one['name']).last === '=';
}

export function copy(statement: Statement): Plan {
  noParameters(statement, 'copy');
  return { sql: '', values: [], kind: 'write', command: { copy: parseCopy(statement.tokens) } };
}

export function lock(statement: Statement): Plan {
  noParameters(statement, 'lock');
  const { tokens } = statement;
  const names: string[] = [];
  let at = isWord(tokens[1], 'table') ? 2 : 1;
  for (;;) {
    const { name, end } = parseTable(tokens, at);
    names.push(name);
    at = end + 1;
    if (!isSign(tokens[end], ',')) {
      refuseIf(
        end < tokens.length,
        'lock',
        `syntax error at or near "${tokens[end]?.text}": Redshift's LOCK has no modes`,
      );
      return { sql: `lock table ${names.join(', ')} in access exclusive mode`, values: [], kind: 'lock' };
    }
  }
}

export function createTable(statement: Statement): Plan {
  const { table, temporary, ifNotExists, body, query, defaults } = parseCreateTable(statement.tokens);
  const head = `create ${temporary ? 'temp ' : ''}table ${ifNotExists ? 'if not exists ' : ''}${table}`;
  const common = { kind: 'ddl' as const, created: table, ...(ifNotExists && { serial: true }) };
  if (query) {
    const { sql, values } = viaTree({ ...statement, tokens: query }, 'SelectStmt');
    return { ...common, sql: `${head} ${body === undefined ? '' : `(${body}) `}as ${sql}`, values };
  }
  noParameters(statement, 'create table');
  for (const value of defaults) checkDefault(value);
  return { ...common, sql: `${head} (${rewritten(body ?? '')})`, values: [] };
}

const rewritten = (sql: string) => sql.replace(/\bdefault sysdate\b/g, 'default rs_local_sysdate()');

function checkDefault(value: Token[]) {
  viaTree(
    {
      tokens: [{ kind: 'word', text: 'select', space: false }, ...value.map((token) => ({ ...token, space: true }))],
      parameters: [],
    },
    'SelectStmt',
  );
}

export function addColumn(statement: Statement): Plan {
  noParameters(statement, 'alter table add column');
  const { tokens } = statement;
  const { name, end } = parseTable(tokens, 2);
  const column = parseColumn(tokens.slice(isWord(tokens[end + 1], 'column') ? end + 2 : end + 1));
  refuseIf(column.isIdentity, 'alter table add column', 'a column that is added cannot be IDENTITY');
  refuseIf(
    column.isNotNull && !column.defaultValue,
    'alter table add column',
    `ADD COLUMN ${column.name} NOT NULL needs a DEFAULT`,
  );
  if (column.defaultValue) checkDefault(column.defaultValue);
  return { sql: `alter table ${name} add column ${rewritten(column.sql)}`, values: [], kind: 'ddl', created: name };
}

export function alterTable(statement: Statement): Plan {
  noParameters(statement, 'alter table');
  const check = (node: Tree) => {
    refuseIf(node['missing_ok'], 'alter table', 'Redshift has no ALTER TABLE IF EXISTS');
    for (const command of trees(node['cmds']).map((item) => tree(item['AlterTableCmd']))) {
      refuseIf(
        !['AT_DropColumn', 'AT_ChangeOwner'].includes(String(command['subtype'])),
        'alter table',
        'this ALTER TABLE is not honoured here',
      );
      refuseIf(command['missing_ok'], 'alter table', 'Redshift has no DROP COLUMN IF EXISTS');
    }
    refuseIf(trees(node['cmds']).length > 1, 'alter table', 'Redshift changes one column a statement');
  };
  return {
    ...utility(
      statement,
      isWord(
        statement.tokens.find(({ text }) => /^(drop|rename|owner)$/.test(text)),
        'rename',
      )
        ? 'RenameStmt'
        : 'AlterTableStmt',
      check,
    ),
    kind: 'ddl',
  };
}

/** utility statements hold no expressions: their own check is all */
function utility(statement: Statement, kind: string, check: (node: Tree) => void) {
  const sql = render(statement.tokens);
  const node = tree(tree(trees(parse(sql))[0])['stmt'])[kind];
  refuseIf(!node, 'syntax', 'syntax error: this form of the statement is not honoured here');
  check(tree(node));
  if (tree(node)['relation']) relation(tree(tree(node)['relation']));
  return { sql, values: [] };
}

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
  return { sql, values: [], kind: 'ddl', serial: true };
}

export function createSchema(statement: Statement): Plan {
  noParameters(statement, 'create schema');
  const check = (node: Tree) => {
    refuseIf(node['schemaElts'], 'create schema', 'objects inside CREATE SCHEMA are not honoured here');
    refuseIf(
      /^(pg_|_redshift_data$|redshift_catalog$|information_schema$)/.test(String(node['schemaname'])),
      'create schema',
      'this schema name is reserved',
    );
  };
  return { ...utility(statement, 'CreateSchemaStmt', check), kind: 'ddl', serial: true };
}

export function drop(statement: Statement): Plan {
  noParameters(statement, 'drop');
  const check = (node: Tree) => {
    const names = trees(node['objects']).flatMap((item) => [
      'String' in item ? String(tree(item['String'])['sval']) : (nameOf(tree(item['List'])['items']).schema ?? ''),
    ]);
    refuseIf(
      names.some((name) => /^(_redshift_data|redshift_catalog|pg_catalog|information_schema)$/.test(name)),
      'drop',
      'permission denied: system schema',
    );
  };
  return { ...utility(statement, 'DropStmt', check), kind: 'ddl' };
}

export function truncate(statement: Statement): Plan {
  noParameters(statement, 'truncate');
  refuseIf(
    statement.isBatch,
    'truncate in a batch',
    'TRUNCATE commits the transaction in Redshift: not honoured in a batch, use DELETE',
  );
  const { tokens } = statement;
  const { name, end } = parseTable(tokens, isWord(tokens[1], 'table') ? 2 : 1);
  refuseIf(end < tokens.length, 'truncate', `syntax error at or near "${tokens[end]?.text}"`);
  return { sql: `truncate table ${name}`, values: [], kind: 'ddl' };
}

const vacuumWords = ['full', 'sort', 'delete', 'only', 'reindex', 'recluster', 'verbose'];

export const maintain =
  (command: 'vacuum' | 'analyze') =>
  (statement: Statement): Plan => {
    noParameters(statement, command);
    refuseIf(
      statement.isBatch && command === 'vacuum',
      'vacuum in a batch',
      'VACUUM cannot run inside a transaction block',
    );
    const { tokens } = statement;
    let at = 1;
    while (isWord(tokens[at], ...vacuumWords)) at++;
    const named = at < tokens.length && !isWord(tokens[at], 'to', 'boost', 'predicate');
    const { name, end } = named ? parseTable(tokens, at) : { name: '', end: at };
    const rest = render(tokens.slice(end));
    const allowed =
      command === 'vacuum' ? /^(to \d+ percent)? ?(boost)?$/ : /^(\([\w", ]+\))?( ?(predicate columns|all columns))?$/;
    refuseIf(!allowed.test(rest), command, `syntax error at or near "${tokens[end]?.text}"`);
    return { sql: `${command} ${name}`.trim(), values: [], kind: command === 'vacuum' ? 'maintenance' : 'ddl' };
  };

export function grant(statement: Statement): Plan {
  noParameters(statement, 'grant');
  const check = (node: Tree) => {
    refuseIf(
      !['OBJECT_TABLE', 'OBJECT_SCHEMA', 'OBJECT_DATABASE'].includes(String(node['objtype'])),
      'grant',
      'only tables, schemas and databases are granted here',
    );
    refuseIf(node['grantor'], 'grant', 'Redshift has no GRANTED BY');
  };
  return { ...utility(statement, 'GrantStmt', check), kind: 'ddl' };
}

export function comment(statement: Statement): Plan {
  noParameters(statement, 'comment');
  return { ...utility(statement, 'CommentStmt', () => undefined), kind: 'ddl' };
}
