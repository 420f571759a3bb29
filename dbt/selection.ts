import type { DbtSelection } from '../model/dbt.js';
import { ancestors, descendants, isTest, type DbtGraph, type NodeResult } from './artifacts.js';

/** the nodes of one tag or of several; undefined for other selectors, which only dbt itself can tell */
export function taggedNodes(graph: DbtGraph, select: string): Set<string> | undefined {
  const tags = select.split(/\s+/).map((word) => /^tag:([A-Za-z0-9_-]+)$/.exec(word)?.[1]);
  if (tags.includes(undefined)) return undefined;
  return new Set([...graph].filter(([, node]) => node.tags.some((tag) => tags.includes(tag))).map(([id]) => id));
}

/** of the selected nodes, those that have their inputs: below what was loaded, not below what failed; tests come along by themselves */
export function withInputs(graph: DbtGraph, selected: Set<string>, { loaded, failed = [] }: DbtSelection): Set<string> {
  const below = (tables: string[]) => {
    const sources = tables.flatMap((table) => sourcesOf(graph, table));
    return new Set([...sources, ...descendants(graph, sources)]);
  };
  const wanted = loaded && below(loaded);
  const refused = below(failed);
  const has = (id: string) => (wanted?.has(id) ?? true) && !refused.has(id);
  return new Set([...selected].filter((id) => has(id) && !isTestId(graph, id)));
}

/** the nodes and the tests that dbt builds along with them by buildable indirect selection */
export function withTests(graph: DbtGraph, nodes: Set<string>): Set<string> {
  const buildable = new Set([...nodes, ...ancestors(graph, nodes)]);
  for (const [id, node] of graph) if (node.resource_type === 'source') buildable.add(id);
  const chosen = new Set(nodes);
  for (const [id, node] of graph) {
    const parents = node.depends_on.nodes;
    if (!isTest(node) || !parents.some((parent) => nodes.has(parent))) continue;
    if (parents.every((parent) => buildable.has(parent))) chosen.add(id);
  }
  return chosen;
}

/** each node as dbt's `--select` names exactly it */
export function selectWords(graph: DbtGraph, nodes: Iterable<string>): string[] {
  return [...nodes].sort().flatMap((id) => {
    const node = graph.get(id);
    if (!node) return [];
    const isSource = node.resource_type === 'source';
    return isSource ? `source:${node.package_name}.${node.source_name ?? ''}.${node.name}` : node.fqn.join('.');
  });
}

/**
 * the results of each selection's own nodes. a test that only the union could choose, its parents being of several
 * selections, belongs to all that hold a parent
 */
export function attribute(
  graph: DbtGraph,
  results: NodeResult[],
  selections: Map<string, Set<string>>,
): Map<string, NodeResult[]> {
  const shared = new Map([...selections].map(([key]) => [key, [] as NodeResult[]]));
  for (const result of results) {
    const owners = [...selections].filter(([, ids]) => ids.has(result.unique_id));
    const parents = graph.get(result.unique_id)?.depends_on.nodes ?? [];
    const told = owners.length > 0 ? owners : [...selections].filter(([, ids]) => parents.some((id) => ids.has(id)));
    for (const [key] of told) shared.get(key)?.push(result);
  }
  return shared;
}

function sourcesOf(graph: DbtGraph, table: string): string[] {
  return [...graph]
    .filter(
      ([, { resource_type, source_name, name }]) => resource_type === 'source' && `${source_name}.${name}` === table,
    )
    .map(([id]) => id);
}

function isTestId(graph: DbtGraph, id: string): boolean {
  const node = graph.get(id);
  return node === undefined || isTest(node);
}
