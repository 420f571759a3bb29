import { text, tree, trees, type Tree } from '../check-tree.js';
import { fieldsOf, isTree, nodesOf } from './walk.js';

/** one SELECT, UPDATE or DELETE with the names that its FROM gives */
export interface Block {
  node: Tree;
  names: Set<string>;
  /** plain tables of FROM, as to_regclass takes them; undefined where FROM has anything else */
  relations: string[] | undefined;
  outer: Block | undefined;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** the schema where it is said, and the name */
export const relationName = (range: Tree) =>
  [range['schemaname'], range['relname']]
    .filter((part) => part !== undefined)
    .map((part) => quoted(text(part)))
    .join('.');

/** queries of WITH that are in sight of a block, by name */
const commonNames = (node: Tree) =>
  trees(tree(node['withClause'])['ctes']).map((item) => text(tree(item['CommonTableExpr'])['ctename']));

export function blockOf(node: Tree, outer: Block | undefined, common: Set<string>): Block {
  const names = new Set<string>();
  let relations: string[] | undefined = [];
  const add = (item: Tree) => {
    const join = tree(item['JoinExpr']);
    if ('JoinExpr' in item) {
      const alias = text(tree(join['alias'])['aliasname']);
      if (alias) names.add(alias);
      for (const side of ['larg', 'rarg']) add(tree(join[side]));
      return;
    }
    const range = tree(item['RangeVar']);
    const alias = text(tree(Object.values(item).map(tree)[0]?.['alias'])['aliasname']);
    names.add(alias || text(range['relname']));
    const isTable = 'RangeVar' in item && (range['schemaname'] !== undefined || !common.has(text(range['relname'])));
    if (isTable) relations?.push(relationName(range));
    else relations = undefined;
  };
  for (const item of [...trees(node['fromClause']), ...trees(node['usingClause'])]) add(item);
  if (node['relation']) add({ RangeVar: node['relation'] });
  return { node, names, relations, outer };
}

/** a subquery with its block, and the link that holds it; one of FROM, WITH or a set operation has none */
export interface Subquery {
  link: Tree | undefined;
  block: Block;
  /** NOT IN */
  isNegated: boolean;
  /** the field of the outer block that it is part of: targetList, whereClause, ...; outerJoin for its ON */
  clause: string;
}

/** the leaves of one block: what names a column, what calls a function, and its subqueries */
export interface Parts {
  columns: string[][];
  calls: Tree[];
  subqueries: Subquery[];
}

const isNot = (node: Tree) => node['boolop'] === 'NOT_EXPR';
const linksOf = (node: Tree) => trees(node['args']).map((item) => tree(item['SubLink']));

/** walks a block without going into its subqueries */
export function partsOf(block: Block, common: Set<string>): Parts {
  const parts: Parts = { columns: [], calls: [], subqueries: [] };
  const known = new Set([...common, ...commonNames(block.node)]);
  const sub = (query: unknown, link: Tree | undefined, clause: string) => {
    const node = tree(tree(query)['SelectStmt']);
    // the arms of a set operation are no deeper than the whole
    const outer = /^[lr]arg$/.test(clause) ? block.outer : block;
    parts.subqueries.push({ link, isNegated: isNegated(link), block: blockOf(node, outer, known), clause });
  };
  const negated = new Set(nodesOf(block.node, 'BoolExpr').filter(isNot).flatMap(linksOf));
  const isNegated = (link: Tree | undefined) => link !== undefined && negated.has(link);
  const walk = (value: unknown, clause: string): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, clause);
    if (!isTree(value)) return;
    for (const [key, child] of Object.entries(value)) {
      if (key === 'ColumnRef') parts.columns.push(fieldsOf(tree(child)));
      else if (key === 'SubLink') {
        sub(tree(child)['subselect'], tree(child), clause);
        walk(tree(child)['testexpr'], clause);
      } else if (key === 'RangeSubselect') sub(tree(child)['subquery'], undefined, clause);
      else if (key === 'CommonTableExpr') sub(tree(child)['ctequery'], undefined, clause);
      else if (key === 'JoinExpr') {
        const { quals, ...sides } = tree(child);
        walk(sides, clause);
        walk(quals, sides['jointype'] === 'JOIN_INNER' ? clause : 'outerJoin');
      } else {
        if (key === 'FuncCall') parts.calls.push(tree(child));
        walk(child, clause);
      }
    }
  };
  const { node } = block;
  for (const [clause, value] of Object.entries(node)) {
    if (clause === 'larg' || clause === 'rarg') sub({ SelectStmt: value }, undefined, clause);
    else walk(value, clause);
  }
  return parts;
}
