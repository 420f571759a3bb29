import { tree, type Tree } from '../check-tree.js';
import { checkCorrelated } from './correlated.js';
import { checkNodes, isCatalogOnly } from './nodes.js';
import { checkShapes } from './shapes.js';

/** what Redshift's planner refuses of a statement that its grammar takes; gives the statements that ask the catalog the rest */
export function checkQuery(kind: string, node: Tree, isStored: boolean): string[] {
  checkShapes(kind, node);
  checkNodes(node, isStored);
  if (kind === 'MergeStmt') return [];
  const query = kind === 'InsertStmt' ? tree(tree(node['selectStmt'])['SelectStmt']) : node;
  return checkCorrelated(query, isCatalogOnly(node));
}
