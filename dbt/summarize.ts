import type { DbtResult } from '../model/dbt.js';
import { ancestors, isTest, type DbtGraph, type NodeResult } from './artifacts.js';
import { said } from './said.js';

const failuresLimit = 50;

/** tests some of whose rows lie in a file of the lake */
export interface KeptRows {
  ids: Set<string>;
  file: string;
}

type Outcome = 'ok' | 'failed' | 'skipped';

export function outcomeOf({ status }: NodeResult): Outcome {
  if (status === 'skipped') return 'skipped';
  return ['success', 'pass', 'warn', 'no-op'].includes(status) ? 'ok' : 'failed';
}

/** counts and failures of the results; `all` are the whole build's, where what blocks a node may stand; `kept` are the rows of failed tests */
export function summarize(
  graph: DbtGraph,
  results: NodeResult[],
  all: NodeResult[] = results,
  kept: KeptRows = { ids: new Set(), file: '' },
): DbtResult {
  const count = (outcome: Outcome) => results.filter((result) => outcomeOf(result) === outcome).length;
  const broken = all.filter((result) => outcomeOf(result) === 'failed');
  // the cause comes before what it blocks
  const order = { failed: 0, skipped: 1, ok: 2 };
  const failures = results
    .filter((result) => outcomeOf(result) !== 'ok')
    .sort((a, b) => order[outcomeOf(a)] - order[outcomeOf(b)])
    .slice(0, failuresLimit)
    .map((result) => ({ name: nameOf(graph, result.unique_id), message: messageOf(graph, result, broken, kept) }));
  const failed = count('failed');
  const skipped = count('skipped');
  return { status: failed + skipped > 0 ? 'failed' : 'success', ok: count('ok'), failed, skipped, failures };
}

function messageOf(graph: DbtGraph, result: NodeResult, broken: NodeResult[], kept: KeptRows): string {
  if (outcomeOf(result) === 'skipped') return `blocked by ${blockers(graph, result, broken).join(', ') || 'dbt'}`;
  const node = graph.get(result.unique_id);
  if (result.status === 'fail' && node?.resource_type === 'test') {
    const count = result.failures === 1 ? '1 row fails' : `${result.failures ?? 'some'} rows fail`;
    return kept.ids.has(result.unique_id) ? `${count}: see ${kept.file}` : count;
  }
  return said(result.message ?? result.status, result.compiled_code ?? '');
}

/** failed models above the node, and failed tests on what stands above it or, for a test, on its own models */
function blockers(graph: DbtGraph, { unique_id: id }: NodeResult, broken: NodeResult[]): string[] {
  const above = ancestors(graph, [id]);
  const own = new Set([...above, id]);
  return broken
    .filter(({ unique_id: other }) => {
      const node = graph.get(other);
      if (above.has(other)) return true;
      return node !== undefined && isTest(node) && node.depends_on.nodes.some((parent) => own.has(parent));
    })
    .map(({ unique_id: other }) => nameOf(graph, other))
    .slice(0, 5);
}

function nameOf(graph: DbtGraph, id: string): string {
  return graph.get(id)?.name ?? id;
}

/** a select that could build nothing */
export function nothing(select: string, message: string): DbtResult {
  return { status: 'failed', ok: 0, failed: 0, skipped: 0, failures: [{ name: select, message }] };
}

export function combine(total: DbtResult, others: DbtResult[]): DbtResult {
  const failures = [...others.flatMap(({ failures }) => failures), ...total.failures].slice(0, failuresLimit);
  return { ...total, status: failures.length > 0 ? 'failed' : total.status, failures };
}
