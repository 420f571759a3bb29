import { z } from 'zod';

const node = z.object({
  unique_id: z.string(),
  name: z.string(),
  resource_type: z.string(),
  package_name: z.string().default(''),
  fqn: z.array(z.string()).default([]),
  /** of sources only */
  source_name: z.string().optional(),
  tags: z.array(z.string()).default([]),
  depends_on: z.object({ nodes: z.array(z.string()).default([]) }).default({ nodes: [] }),
});

const nodes = z.record(z.string(), node).default({});

/** what is read of dbt's manifest.json */
const manifest = z
  .object({ nodes, sources: nodes, unit_tests: nodes })
  .transform(({ nodes, sources, unit_tests }) => new Map(Object.entries({ ...sources, ...nodes, ...unit_tests })));

/** what is read of dbt's run_results.json */
const runResults = z.object({
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      failures: z.number().nullish(),
      compiled_code: z.string().nullish(),
    }),
  ),
});

export type DbtNode = z.infer<typeof node>;
export type DbtGraph = Map<string, DbtNode>;
export type NodeResult = z.infer<typeof runResults>['results'][number];

export function parseManifest(text: string): DbtGraph {
  return manifest.parse(JSON.parse(text));
}

/** no file: no node was run */
export function parseRunResults(text: string | undefined): NodeResult[] {
  return text === undefined ? [] : runResults.parse(JSON.parse(text)).results;
}

/** everything that these nodes stand on, however far up */
export function ancestors(graph: DbtGraph, ids: Iterable<string>): Set<string> {
  return reach(ids, (id) => graph.get(id)?.depends_on.nodes ?? []);
}

/** everything that stands on these nodes, however far down */
export function descendants(graph: DbtGraph, ids: Iterable<string>): Set<string> {
  const children = new Map<string, string[]>();
  for (const [id, { depends_on }] of graph) {
    for (const parent of depends_on.nodes) children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  return reach(ids, (id) => children.get(id) ?? []);
}

function reach(from: Iterable<string>, next: (id: string) => string[]): Set<string> {
  const found = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const other of next(id)) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

export function isTest({ resource_type }: DbtNode): boolean {
  return resource_type === 'test' || resource_type === 'unit_test';
}
