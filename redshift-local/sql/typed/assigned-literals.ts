import { text, tree, trees, type Tree } from '../check-tree.js';
import type { Catalog } from '../query/scope.js';

/** a value that a statement writes into a column: by its name, or by its place among the columns */
type Assigned = [column: string | number, value: Tree];

/** places of texts, parameters among them, that are written into SUPER: each is a string there, where PostgreSQL would parse it */
export function assignedLiterals(statement: Tree, catalog: Catalog): number[] {
  const range = tree(statement['relation']);
  const texts = assignments(statement).flatMap(([column, value]) => {
    const constant = tree(value['A_Const']);
    const isText = constant['sval'] !== undefined || 'ParamRef' in value;
    const { location = 0 } = 'ParamRef' in value ? tree(value['ParamRef']) : constant;
    return isText ? [[column, Number(location)] as const] : [];
  });
  if (texts.length === 0 || range['relname'] === undefined) return [];
  const schema = text(range['schemaname']);
  const types = catalog.types({ ...(schema !== '' && { schema }), name: text(range['relname']) }) ?? [];
  const isSuper = (column: string | number) =>
    (typeof column === 'number' ? types[column] : types.find(([name]) => name === column))?.[1] === 'jsonb';
  return texts.flatMap(([column, place]) => (isSuper(column) ? [place] : []));
}

function assignments(statement: Tree): Assigned[] {
  if ('mergeWhenClauses' in statement)
    return trees(statement['mergeWhenClauses']).flatMap((item) => {
      const clause = tree(item['MergeWhenClause']);
      return clause['values'] === undefined
        ? named(clause['targetList'])
        : listed(clause['targetList'], trees(clause['values']));
    });
  if (!('selectStmt' in statement)) return named(statement['targetList']);
  const query = tree(tree(statement['selectStmt'])['SelectStmt']);
  const rows =
    query['valuesLists'] === undefined
      ? [trees(query['targetList']).map((item) => tree(tree(item['ResTarget'])['val']))]
      : trees(query['valuesLists']).map((row) => trees(tree(row['List'])['items']));
  return rows.flatMap((row) => listed(statement['cols'], row));
}

/** of UPDATE: each names its column */
const named = (targets: unknown): Assigned[] =>
  trees(targets).map((item) => {
    const target = tree(item['ResTarget']);
    return [text(target['name']), tree(target['val'])];
  });

/** of INSERT: beside a list of columns, or in the table's order */
function listed(columns: unknown, values: Tree[]): Assigned[] {
  const names = trees(columns).map((item) => text(tree(item['ResTarget'])['name']));
  return values.map((value, at) => [names[at] ?? at, value]);
}
