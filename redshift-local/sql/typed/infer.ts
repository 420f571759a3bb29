import { nameOf, text, tree, trees, type Tree } from '../check-tree.js';
import { fieldsOf } from '../checks/walk.js';
import type { Catalog } from '../query/scope.js';
import {
  averageOf,
  bigint,
  common,
  compute,
  digitsOfLiteral,
  digitsOfType,
  integer,
  sumOf,
  type Digits,
} from './decimal.js';

/** what is known of a value; floating point, texts and the unknown are undefined */
export type Kind = Digits | 'super' | undefined;
type Columns = Map<string, Kind>;

/** what the tables of one query, and of those around it, are made of */
export interface Sight {
  relations: { name: string; isTable: boolean; columns: () => Columns | undefined }[];
  common: Map<string, Columns>;
  outer?: Sight;
}

/** the digits of an expression's result; undefined where they are not known */
export function digitsOf(node: Tree, sight: Sight): Digits | undefined {
  const kind = kindOf(node, sight);
  return kind === 'super' ? undefined : kind;
}

export function kindOf(node: Tree, sight: Sight): Kind {
  const [kind, value] = Object.entries(node)[0] ?? [];
  const read = kind === undefined || !Object.hasOwn(kinds, kind) ? undefined : kinds[kind];
  return read?.(tree(value), sight);
}

const kinds: Record<string, (node: Tree, sight: Sight) => Kind> = {
  A_Const: (node) => ('ival' in node ? integer : digitsOfLiteral(text(tree(node['fval'])['fval']))),
  ColumnRef: (node, sight) => column(fieldsOf(node), sight),
  TypeCast: (node) => digitsOfType(typeOf(tree(node['typeName']))),
  A_Expr: (node, sight) => {
    const sign = nameOf(node['name']).last;
    if (node['kind'] === 'AEXPR_NULLIF') return digitsOf(tree(node['lexpr']), sight);
    if (node['kind'] !== 'AEXPR_OP') return undefined;
    const right = digitsOf(tree(node['rexpr']), sight);
    if (node['lexpr'] === undefined) return right;
    const left = digitsOf(tree(node['lexpr']), sight);
    return left && right && compute(sign, left, right);
  },
  FuncCall: (node, sight) => {
    const { last } = nameOf(node['funcname']);
    const [first] = trees(node['args']);
    if (last === 'count') return bigint;
    const value = first && digitsOf(first, sight);
    if (last === 'sum') return value && sumOf(value);
    if (last === 'avg') return value && averageOf(value);
    return /^(min|max|abs)$/.test(last) ? value : undefined;
  },
  CoalesceExpr: (node, sight) => common(trees(node['args']).map((item) => digitsOf(item, sight))),
  MinMaxExpr: (node, sight) => common(trees(node['args']).map((item) => digitsOf(item, sight))),
  CaseExpr: (node, sight) => {
    const results = trees(node['args']).map((item) => tree(tree(item['CaseWhen'])['result']));
    const all = node['defresult'] === undefined ? results : [...results, tree(node['defresult'])];
    return common(all.map((item) => digitsOf(item, sight)));
  },
};

function typeOf(type: Tree): string {
  const { last } = nameOf(type['names']);
  const numbers = trees(type['typmods']).map((item) => Number(tree(tree(item['A_Const'])['ival'])['ival'] ?? 0));
  return last === 'numeric' && numbers.length > 0 ? `numeric(${numbers[0]},${numbers[1] ?? 0})` : last;
}

function column(fields: string[], sight: Sight): Kind {
  const name = fields.at(-1) ?? '';
  const qualifier = fields.at(-2);
  for (let at: Sight | undefined = sight; at; at = at.outer) {
    const relations = at.relations.filter((one) => qualifier === undefined || one.name === qualifier);
    for (const { columns } of relations) {
      const known = columns();
      if (known?.has(name)) return known.get(name);
      // it may be the column's own
      if (!known) return undefined;
    }
  }
  return undefined;
}

/** a column that may be one of a table or view, not of a subquery or of WITH */
export const isOfTable = (fields: string[], sight: Sight): boolean =>
  sight.relations.some(
    ({ name, isTable, columns }) =>
      isTable && (fields.length > 1 ? name === fields.at(-2) : (columns()?.has(fields.at(-1) ?? '') ?? true)),
  );

/** FROM as it is in sight of the expressions of its query */
export function sightOf(query: Tree, outer: Sight, catalog: Catalog): Sight {
  const sight: Sight = { relations: [], common: new Map(outer.common), outer };
  for (const item of trees(tree(query['withClause'])['ctes'])) {
    const one = tree(item['CommonTableExpr']);
    const columns = outputs(tree(tree(one['ctequery'])['SelectStmt']), sight, catalog);
    const renamed = one['aliascolnames'] === undefined ? columns : new Map<string, Kind>();
    sight.common.set(text(one['ctename']), renamed);
  }
  const add = (item: Tree): void => {
    const join = tree(item['JoinExpr']);
    if ('JoinExpr' in item) return [join['larg'], join['rarg']].forEach((side) => add(tree(side)));
    const range = tree(item['RangeVar']);
    const inner = tree(item['RangeSubselect']);
    const alias = text(tree(tree(Object.values(item)[0])['alias'])['aliasname']);
    const table = text(range['relname']);
    const query = tree(tree(inner['subquery'])['SelectStmt']);
    const columns = (): Columns | undefined => {
      if ('RangeSubselect' in item) return outputs(query, { ...sight, relations: [] }, catalog);
      if (!('RangeVar' in item)) return undefined;
      const given = range['schemaname'] === undefined ? sight.common.get(table) : undefined;
      const schema = range['schemaname'] === undefined ? {} : { schema: text(range['schemaname']) };
      return given ?? typed(catalog.types({ ...schema, name: table }));
    };
    const isTable = 'RangeVar' in item && !(range['schemaname'] === undefined && sight.common.has(table));
    sight.relations.push({ name: alias || table, isTable, columns });
  };
  for (const item of trees(query['fromClause'])) add(item);
  if (query['relation'] !== undefined) add({ RangeVar: query['relation'] });
  return sight;
}

const typed = (types: [string, string][] | undefined): Columns | undefined =>
  types && new Map(types.map(([name, type]) => [name, type === 'jsonb' ? 'super' : digitsOfType(type)]));

/** columns of a subquery by name; of a set operation those of its first part are none that is known */
function outputs(query: Tree, outer: Sight, catalog: Catalog): Columns {
  const sight = sightOf(query, outer, catalog);
  const columns: Columns = new Map();
  for (const target of trees(query['targetList']).map((item) => tree(item['ResTarget']))) {
    const value = tree(target['val']);
    const fields = fieldsOf(tree(value['ColumnRef']));
    if (fields.at(-1) === '*') {
      for (const one of sight.relations) for (const [name, kind] of one.columns() ?? []) columns.set(name, kind);
      continue;
    }
    const name = text(target['name']) || fields.at(-1) || nameOf(tree(value['FuncCall'])['funcname']).last;
    columns.set(name, kindOf(value, sight));
  }
  return columns;
}
