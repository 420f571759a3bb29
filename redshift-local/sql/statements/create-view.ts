import { text, tree, trees, type Tree } from '../check-tree.js';
import { relationNames } from '../checks/nodes.js';
import { form, match, sqlName, sqlNames } from '../grammar.js';
import { bound, rebind, unbind } from '../late-binding.js';
import { literal, noParameters, oneAtATime, refuseIf, type Plan, type Statement } from '../plan.js';
import { checkAttributes } from '../table-attributes.js';
import { isSign, isWord, type Token } from '../tokens.js';
import { noteTraits } from '../table-traits.js';
import { parseTable } from '../types.js';
import { viaTree } from '../via-tree.js';

const head = {
  view: form('create (?<replace>or replace )?view (?<view>[TABLE])(?: \\( (?<columns>[NAMES]) \\))?'),
};

const asAt = ({ tokens }: Statement, rule: string) => {
  const as = tokens.findIndex((token) => isWord(token, 'as'));
  refuseIf(as < 0, rule, 'syntax error: AS is expected');
  return as;
};

export function createView(statement: Statement): Plan {
  noParameters(statement, 'create view');
  const as = asAt(statement, 'create view');
  const { tokens } = statement;
  const { parts } = match(tokens.slice(0, as), head, 'create view');
  const view = sqlName(parts['view']);
  const columns = parts['columns'] === undefined ? '' : ` (${sqlNames(parts['columns']).join(', ')})`;
  const replace = parts['replace'] ?? '';
  const isLate = isWord(tokens.at(-1), 'binding') && isWord(tokens.at(-2), 'schema') && isWord(tokens.at(-3), 'no');
  const query = tokens.slice(as + 1, isLate ? -4 : undefined);
  let read: string[] = [];
  const made = { ...statement, tokens: query, isStored: false, hasColumns: true };
  const { sql, before } = viaTree(made, 'SelectStmt', (node) => {
    if (isLate) requireSchemas(node);
    read = relationNames(node);
  });
  if (!isLate) {
    const text = `create ${replace}view ${view}${columns} as ${sql}`;
    return {
      sql: text,
      values: [],
      kind: 'ddl',
      before: [
        guard('bound_view', read),
        ...before,
        oneAtATime,
        ...(replace === '' ? [] : [noteWidth(view)]),
        unbind(view),
      ],
      after: [...(replace === '' ? [] : [requireWidth(view)]), bound(view), rebind],
    };
  }
  const [schema = '', name] = view.includes('.')
    ? (parts['view']?.split(' . ').map(bare) ?? [])
    : ['public', bare(view)];
  const definition = `create view ${view}${columns} as ${sql}`;
  const call = [schema, name ?? '', definition].map(literal).join(', ');
  return {
    sql: `select redshift_catalog.rs_local_late_binding_view(${call}, ${replace !== ''})`,
    values: [],
    kind: 'ddl',
    before: [guard('late_binding_view', read), oneAtATime],
  };
}

/** OR REPLACE keeps the columns: PostgreSQL would take more of them */
const noteWidth = (view: string) => `select redshift_catalog.rs_local_note_width(${literal(view)})`;
const requireWidth = (view: string) => `select redshift_catalog.rs_local_require_width(${literal(view)})`;

/** what the catalog knows of the tables that a view reads */
const guard = (what: string, relations: string[]) =>
  `select redshift_catalog.rs_local_require_for_${what}(array[${relations.map(literal).join(', ')}]::text[])`;

const bare = (name: string) => name.replace(/^"(.*)"$/, '$1');

function requireSchemas(node: Tree): void {
  const common = new Set(
    trees(tree(node['withClause'])['ctes']).map((item) => text(tree(item['CommonTableExpr'])['ctename'])),
  );
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    const found = tree(value);
    const relation = tree(found['RangeVar']);
    refuseIf(
      relation['relname'] !== undefined &&
        relation['schemaname'] === undefined &&
        // of pg_catalog, which has been named
        !text(relation['relname']).startsWith('rs_local_') &&
        !common.has(text(relation['relname'])),
      'late-binding view',
      `a view WITH NO SCHEMA BINDING names the schema of every table: ${text(relation['relname'])} has none`,
    );
    for (const child of Object.values(found)) if (typeof child === 'object') walk(child);
  };
  walk(node);
}

const mutable = /\b(getdate|sysdate|random|current_date|current_user|current_setting|current_database)\b/;

export function createMaterializedView(statement: Statement): Plan {
  const rule = 'materialized view';
  noParameters(statement, rule);
  const { tokens } = statement;
  const as = asAt(statement, rule);
  const { name: view, end } = parseTable(tokens, 3);
  const { rest, autoRefresh } = withoutRefresh(tokens.slice(end, as));
  const traits = { ...checkAttributes(rest, undefined), autoRefresh };
  const query = tokens.slice(as + 1);
  const changing = query.find((token) => token.kind === 'word' && mutable.test(token.text))?.text.toUpperCase();
  refuseIf(
    changing && autoRefresh === 'yes',
    rule,
    `AUTO REFRESH YES takes no function whose answer changes: ${changing}; leave it out, and refresh the view yourself`,
  );
  const own = query.find((token, at) => token.text.startsWith('f_') && isSign(query[at + 1], '('))?.text;
  refuseIf(own, rule, `a materialized view takes no functions of users: ${own}`);
  let read: string[] = [];
  const made = { ...statement, tokens: query, isStored: true, hasColumns: true };
  const { sql, before } = viaTree(made, 'SelectStmt', (node) => {
    read = relationNames(node);
    refuseIf(
      node['sortClause'] || node['limitCount'] || node['limitOffset'],
      rule,
      'a materialized view takes no ORDER BY, LIMIT or OFFSET',
    );
  });
  return {
    sql: `create materialized view ${view} as ${sql}`,
    values: [],
    kind: 'ddl',
    before: [
      guard('materialized_view', read),
      ...(autoRefresh === 'yes' ? [guard('auto_refresh', read)] : []),
      ...before,
    ],
    after: [noteTraits(view, traits, true), rebind],
  };
}

function withoutRefresh(tokens: Token[]): { rest: Token[]; autoRefresh: string } {
  const at = tokens.findIndex((token, index) => isWord(token, 'auto') && isWord(tokens[index + 1], 'refresh'));
  if (at < 0) return { rest: tokens, autoRefresh: 'no' };
  const said = tokens[at + 2];
  refuseIf(!isWord(said, 'yes', 'no'), 'materialized view', 'syntax error: AUTO REFRESH takes YES or NO');
  return { rest: [...tokens.slice(0, at), ...tokens.slice(at + 3)], autoRefresh: said?.text ?? 'no' };
}

const changes = {
  refresh: form('refresh materialized view (?<view>[TABLE])(?: restrict| cascade)?'),
  alter: form('alter materialized view (?<view>[TABLE]) auto refresh (?<refresh>yes|no)'),
};

export function changeMaterializedView(statement: Statement): Plan {
  noParameters(statement, 'materialized view');
  const { kind, parts } = match(statement.tokens, changes, 'materialized view');
  const view = sqlName(parts['view']);
  return {
    sql: kind === 'refresh' ? `refresh materialized view ${view}` : `select from ${view} limit 0`,
    values: [],
    kind: 'ddl',
    ...(kind === 'refresh' && { before: [`select redshift_catalog.rs_local_require_refreshable(${literal(view)})`] }),
    ...(parts['refresh'] && { after: [noteTraits(view, { autoRefresh: parts['refresh'] }, false)] }),
  };
}
