import { offered } from './catalog-names.js';
import { castTypes, catalogFunctions, functions, operators } from './functions.js';
import { Refusal } from './refusal.js';
import { checkWindow } from './window.js';

export type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
export const tree = (value: unknown): Tree => (isTree(value) ? value : {});
export const trees = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** the last part of a qualified name, and how many parts there are */
export const nameOf = (value: unknown) => {
  const parts = trees(value).map((part) => text(tree(part['String'])['sval']));
  return { last: parts.at(-1) ?? '', schema: parts.length > 1 ? parts[0] : undefined };
};

const refuse = (rule: string, reason: string): never => {
  throw new Refusal(rule, reason);
};
const none = (node: Tree, field: string, rule: string, reason: string) => {
  if (node[field] !== undefined) refuse(rule, reason);
};

interface Scope {
  /** no table but those of the catalog */
  ofCatalog: boolean;
  /** that, or no table at all, and nothing is stored: such statements run on the leader node */
  onLeader: boolean;
  /** no table at all, though its row may be stored */
  ofNothing: boolean;
}

const noValues = (query: unknown) =>
  none(
    tree(tree(query)['SelectStmt']),
    'valuesLists',
    'values',
    'VALUES stands in INSERT only: use SELECT, with UNION ALL for more rows',
  );

/** kinds of the PostgreSQL tree that Redshift has too; a kind that is not here is refused */
const kinds: Record<string, (node: Tree, scope: Scope) => void> = {
  ...Object.fromEntries(
    `String Integer Float Boolean A_Const A_Star ColumnRef ParamRef List ResTarget Alias CaseExpr CaseWhen CoalesceExpr MinMaxExpr NullTest
     BooleanTest BoolExpr SetToDefault GroupingFunc MergeWhenClause A_Indices`
      .split(/\s+/)
      .map((kind) => [kind, () => undefined]),
  ),
  SelectStmt: select,
  // several columns of one set look like a row
  GroupingSet: (node) => {
    for (const item of trees(node['content'])) {
      if (!item['RowExpr']) continue;
      item['List'] = { items: tree(item['RowExpr'])['args'] };
      delete item['RowExpr'];
    }
  },
  RangeVar: relation,
  A_Expr: expression,
  FuncCall: call,
  TypeCast: (node) => checkType(tree(node['typeName'])),
  TypeName: checkType,
  SubLink: (node) => {
    noValues(node['subselect']);
    if (node['subLinkType'] === 'ANY_SUBLINK' && node['operName'] === undefined) unrow([node['testexpr']]);
    if (node['subLinkType'] === 'ARRAY_SUBLINK') refuse('array', 'Redshift has no ARRAY(SELECT ...)');
  },
  SortBy: (node) => {
    if (node['sortby_dir'] === 'SORTBY_USING') refuse('order by using', 'Redshift has no ORDER BY ... USING');
  },
  WindowDef: (node) => none(node, 'refname', 'named window', 'Redshift has no named windows'),
  WithClause: () => undefined,
  CommonTableExpr: (node) => {
    noValues(node['ctequery']);
    if (node['ctematerialized'] !== 'CTEMaterializeDefault') refuse('with', 'Redshift has no [NOT] MATERIALIZED');
    if (!('SelectStmt' in tree(node['ctequery']))) refuse('with', 'Redshift allows only a SELECT in WITH');
    none(node, 'search_clause', 'with', 'Redshift has no SEARCH');
    none(node, 'cycle_clause', 'with', 'Redshift has no CYCLE');
  },
  JoinExpr: (node) => none(node, 'join_using_alias', 'join using', 'Redshift has no alias of USING'),
  RangeSubselect: (node) => {
    noValues(node['subquery']);
    if (node['lateral']) refuse('lateral', 'Redshift has no LATERAL');
  },
  SQLValueFunction: (node, { onLeader, ofNothing }) => {
    const name = String(node['op']).replace(/^SVFOP_|_N$/g, '');
    const isEverywhere = /^(CURRENT_DATE|CURRENT_USER|USER|SESSION_USER)$/.test(name);
    const isLeaders = /^(CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)$/.test(name);
    if (!isEverywhere && !((onLeader || ofNothing) && isLeaders))
      refuse(
        'leader-node function',
        `${name} runs on the leader node only, where no table of a user is read: use GETDATE() or SYSDATE`,
      );
  },
  RangeFunction: (node, { ofCatalog }) => {
    const said = JSON.stringify(node['functions']);
    const isOfLeader = ofCatalog && said.includes('"generate_series"');
    if (!isOfLeader && !/"(pg_get_late_binding_view_cols|rs_local_(elements|attributes)(_at)?)"/.test(said))
      refuse('function in from', 'Redshift has no functions in FROM; generate_series runs on the leader node only');
  },
  ColumnDef: () => undefined,
  LockingClause: () => refuse('for update', 'Redshift has no SELECT ... FOR UPDATE'),
  // the leader node has what PostgreSQL 8 had
  A_ArrayExpr: (_, { ofCatalog }) => {
    if (!ofCatalog) refuse('array', 'Redshift has no ARRAY[...] type of PostgreSQL');
  },
  A_Indirection: (_, { ofCatalog }) => {
    if (!ofCatalog)
      refuse(
        'super navigation',
        'navigation into SUPER begins at a column or an alias: give the value a name in a subquery, then name.attribute or name[0]',
      );
  },
  RowExpr: (_, { ofCatalog }) => {
    if (!ofCatalog) refuse('row value', 'row values are not honoured here');
  },
  CollateClause: (node) => {
    const { last } = nameOf(node['collname']);
    if (!last.startsWith('rs_local_'))
      refuse('collate', "COLLATE of PostgreSQL is not in Redshift: use COLLATE(value, 'case_insensitive')");
  },
  OnConflictClause: () => refuse('on conflict', 'Redshift has no ON CONFLICT: use MERGE'),
  ReturningClause: () => refuse('returning', 'Redshift has no RETURNING'),
  InferClause: () => refuse('on conflict', 'Redshift has no ON CONFLICT: use MERGE'),
  RangeTableSample: () => refuse('tablesample', 'Redshift has no TABLESAMPLE'),
  MultiAssignRef: () => refuse('update set (a, b)', 'Redshift sets one column at a time'),
  IntoClause: () => refuse('select into', 'INTO belongs to the outermost SELECT'),
};

/** a checked tree, or a Refusal that names the rule */
export function checkTree(value: unknown, isStored = true): void {
  const relations = relationsOf(value);
  const isCatalogs = relations.every(isCatalog);
  const ofNothing = relations.length === 0;
  check(value, { ofCatalog: !ofNothing && isCatalogs, onLeader: isCatalogs && !isStored, ofNothing });
}

const isCatalog = (node: Tree) => offered(text(node['schemaname']), text(node['relname']));

/** tables that a statement names, its own WITH queries left out */
function relationsOf(value: unknown): Tree[] {
  const common = new Set(commonNames(value));
  return rangesOf(value).filter((node) => node['schemaname'] !== undefined || !common.has(node['relname']));
}

/** of WITH queries, those inside of others too */
const commonNames = (value: unknown): unknown[] =>
  rangesOf(value, isCommon).flatMap((node) => [node['ctename'], ...commonNames(node['ctequery'])]);

/** nodes that name a relation, whatever field holds them, or another kind's */
function rangesOf(value: unknown, isFound = isRange): Tree[] {
  const found: Tree[] = [];
  const walk = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    if (isTree(one) && isFound(one)) found.push(one);
    else for (const child of Object.values(one)) walk(child);
  };
  walk(value);
  return found;
}

const isRange = (node: Tree) => 'relname' in node && 'relpersistence' in node;
const isCommon = (node: Tree) => 'ctename' in node;

function check(value: unknown, scope: Scope): void {
  if (Array.isArray(value)) for (const item of value) check(item, scope);
  if (!isTree(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (/^[A-Z]/.test(key) && isTree(child)) {
      const known = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
      if (!known) throw new Refusal(`kind ${key}`, `${key} of PostgreSQL is not in Redshift, or not honoured here`);
      known(child, scope);
    }
    // fields that hold a node without naming its kind
    if (key === 'larg' && isTree(child) && 'op' in child) select(child);
    if (key === 'rarg' && isTree(child) && 'op' in child) select(child);
    if (key === 'relation' && isTree(child) && 'relname' in child) relation(child);
    if (key === 'returningClause') kinds['ReturningClause']?.({}, scope);
    if (key === 'onConflictClause') kinds['OnConflictClause']?.({}, scope);
    if (key === 'withClause' && isTree(child) && child['recursive']) recursive(child);
    check(child, scope);
  }
}

/** Redshift wants the columns named and UNION ALL */
function recursive(node: Tree): void {
  for (const item of trees(node['ctes'])) {
    const query = tree(item['CommonTableExpr']);
    const body = tree(tree(query['ctequery'])['SelectStmt']);
    const name = text(query['ctename']);
    if (!rangesOf(body).some((found) => found['relname'] === name && found['schemaname'] === undefined)) continue;
    if (!query['aliascolnames'])
      refuse('recursive with', `a recursive WITH names its columns: WITH RECURSIVE ${name} (column, ...) AS ...`);
    if (body['op'] !== 'SETOP_UNION' || !body['all']) refuse('recursive with', 'a recursive WITH takes UNION ALL only');
  }
}

function select(node: Tree): void {
  if (!node['targetList'] && !node['valuesLists'] && node['op'] === 'SETOP_NONE')
    refuse('syntax', 'syntax error at or near "from": SELECT needs at least one value');
  if (trees(node['distinctClause']).some((item) => Object.keys(item).length > 0))
    refuse('distinct on', 'Redshift has no DISTINCT ON');
  none(node, 'windowClause', 'named window', 'Redshift has no WINDOW clause');
  none(node, 'intoClause', 'select into', 'INTO belongs to the outermost SELECT');
  none(node, 'lockingClause', 'for update', 'Redshift has no SELECT ... FOR UPDATE');
  if (node['limitOption'] === 'LIMIT_OPTION_WITH_TIES') refuse('fetch first', 'Redshift has no WITH TIES');
  if (node['groupDistinct']) refuse('group by distinct', 'Redshift has no GROUP BY DISTINCT');
}

const hidden = /^(_redshift_data|redshift_catalog|pg_toast.*)$/;

export function relation(node: Tree): void {
  const name = text(node['relname']);
  const schema = text(node['schemaname']);
  if (hidden.test(schema)) refuse('schema', `schema "${schema}" does not exist`);
  if (node['catalogname'] !== undefined)
    refuse(
      'cross-database query',
      'a name with database, schema and table is not honoured here: connect to that database',
    );
  const isSystem = schema === 'pg_catalog' || schema === 'information_schema';
  if (isSystem || (schema === '' && /^(pg|stl|stv|svl|svcs|sys|svv)_/.test(name))) {
    if (!offered(schema, name)) refuse('system table', `relation "${name}" does not exist here`);
  }
  if (node['inh'] !== true) refuse('only', 'Redshift has no ONLY');
}

function expression(node: Tree, { ofCatalog }: Scope): void {
  const { last, schema } = nameOf(node['name']);
  if (schema !== undefined) refuse('operator', 'Redshift has no OPERATOR(schema.name)');
  const plain = ['AEXPR_OP', 'AEXPR_OP_ANY', 'AEXPR_OP_ALL', 'AEXPR_LIKE', 'AEXPR_ILIKE'];
  if (plain.includes(String(node['kind']))) {
    if (!ofCatalog && /_(ANY|ALL)$/.test(String(node['kind']))) refuse('array', 'Redshift has no array types: use IN');
    if (!operators.has(last)) refuse(`operator ${last}`, `operator does not exist: ${last}`);
    return;
  }
  if (node['kind'] === 'AEXPR_IN') unrow([node['lexpr'], ...trees(tree(tree(node['rexpr'])['List'])['items'])]);
  const others = ['AEXPR_NULLIF', 'AEXPR_IN', 'AEXPR_SIMILAR', 'AEXPR_BETWEEN', 'AEXPR_NOT_BETWEEN'];
  if (!others.includes(String(node['kind'])))
    refuse('operator', `${String(node['kind'])} of PostgreSQL is not in Redshift`);
}

/** `(a, b) IN ((1, 2), (3, 4))` or `IN (SELECT ...)` is lists of values beside one another, the only rows that AWS shows */
function unrow(values: unknown[]): void {
  const all = values.map(tree);
  if (!all.every((value) => 'RowExpr' in value)) return;
  for (const value of all) {
    value['List'] = { items: tree(value['RowExpr'])['args'] };
    delete value['RowExpr'];
  }
}

function call(node: Tree, { ofCatalog, onLeader }: Scope): void {
  const { last, schema } = nameOf(node['funcname']);
  const isSyntax = node['funcformat'] === 'COERCE_SQL_SYNTAX';
  const isExpansion = ofCatalog && schema === 'information_schema' && last === '_pg_expandarray';
  const isOthers = schema !== undefined && !isSyntax && schema !== 'pg_catalog' && !isExpansion;
  if (isOthers && (hidden.test(schema) || schema === 'information_schema'))
    refuse(`function ${last}`, `function ${schema}.${last} does not exist`);
  // in a schema of a user there are functions of users only
  if (!isOthers) checkName(last, trees(node['args']).length, ofCatalog || onLeader);
  none(node, 'agg_filter', 'aggregate filter', 'Redshift has no FILTER: use CASE');
  if (node['agg_order'] && !/^(string_agg|rs_local_collect)$/.test(last) && !node['agg_within_group'])
    refuse('aggregate order by', 'Redshift has no ORDER BY inside an aggregate');
  if (node['func_variadic']) refuse('variadic', 'Redshift has no VARIADIC');
  if (trees(node['args']).some((arg) => 'NamedArgExpr' in arg))
    refuse('named argument', 'Redshift has no named arguments');
  if (node['over'] && node['agg_within_group'])
    refuse('within group over', `${last.toUpperCase()} as a window is not honoured here: use MEDIAN, or a subquery`);
  if (node['over']) checkWindow(last, tree(node['over']));
}

/** in the list, a user's own (f_ is kept for those), or the leader node's where the catalog is asked */
function checkName(name: string, count: number, onLeader: boolean): void {
  if (/^(similar_to|like)_escape$/.test(name) || name.startsWith('f_')) return;
  if (onLeader && catalogFunctions.has(name)) return;
  const arity = functions.get(name);
  if (!arity)
    return refuse(
      `function ${name}`,
      catalogFunctions.has(name)
        ? `function ${name} runs on the leader node only, where no table of a user is read`
        : `function ${name} does not exist in Redshift, or is not honoured here`,
    );
  const [fewest, most] = arity;
  if (count < fewest || count > most)
    refuse(
      `function ${name}`,
      `${name.toUpperCase()} takes ${fewest === most ? most : `${fewest} to ${most}`} arguments, got ${count}`,
    );
}

function checkType(node: Tree): void {
  const { last } = nameOf(node['names']);
  if (node['arrayBounds']) refuse('array', 'Redshift has no array types');
  if (!castTypes.has(last)) refuse('cast', `a cast to "${last}" is not in Redshift, or not honoured here`);
}
