import { ancestors, isTest, type DbtGraph, type NodeResult } from './artifacts.js';

/** the nodes that dbt selects by `tag:<tag>` with buildable indirect selection; undefined for other selectors */
export function selectedByTag(graph: DbtGraph, select: string): Set<string> | undefined {
  const tag = /^tag:([A-Za-z0-9_-]+)$/.exec(select)?.[1];
  if (!tag) return undefined;
  const selected = new Set<string>();
  for (const [id, node] of graph) if (node.tags.includes(tag)) selected.add(id);
  const buildable = new Set([...selected, ...ancestors(graph, selected)]);
  for (const [id, node] of graph) if (node.resource_type === 'source') buildable.add(id);
  const chosen = new Set(selected);
  for (const [id, node] of graph) {
    const parents = node.depends_on.nodes;
    if (!isTest(node) || !parents.some((parent) => selected.has(parent))) continue;
    if (parents.every((parent) => buildable.has(parent))) chosen.add(id);
  }
  return chosen;
}

/**
 * the results of each select's own nodes. a test that only the union could choose, its parents being of several
 * selects, belongs to all that hold a parent
 */
export function attribute(
  graph: DbtGraph,
  results: NodeResult[],
  selections: Map<string, Set<string>>,
): Map<string, NodeResult[]> {
  const shared = new Map([...selections].map(([select]) => [select, [] as NodeResult[]]));
  for (const result of results) {
    const owners = [...selections].filter(([, ids]) => ids.has(result.unique_id));
    const parents = graph.get(result.unique_id)?.depends_on.nodes ?? [];
    const told = owners.length > 0 ? owners : [...selections].filter(([, ids]) => parents.some((id) => ids.has(id)));
    for (const [select] of told) shared.get(select)?.push(result);
  }
  return shared;
}
