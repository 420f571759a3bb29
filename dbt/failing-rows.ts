import { z } from 'zod';
import type { FailingRow } from '../model/dbt.js';
import { isTest, type DbtGraph, type NodeResult } from './artifacts.js';
import { showRows, type DbtContext } from './commands.js';
import { selectWords } from './selection.js';

/** of each test */
const rows = 10;
/** tests whose rows are looked up */
const tests = 10;

const shown = z.object({
  info: z.object({ name: z.literal('ShowNode') }),
  data: z.object({ unique_id: z.string(), preview: z.string() }),
});

/** some rows of each failed data test; none when dbt cannot show them, which makes no difference to the result */
export async function failingRows(
  context: DbtContext,
  graph: DbtGraph,
  results: NodeResult[],
): Promise<(FailingRow & { id: string })[]> {
  const failed = results.filter(({ unique_id: id, status }) => status === 'fail' && isDataTest(graph, id));
  if (failed.length === 0) return [];
  const ids = failed.slice(0, tests).map(({ unique_id }) => unique_id);
  const lines = await showRows(context, selectWords(graph, ids), rows).catch((error: unknown) => {
    if (context.signal?.aborted) throw error;
    return [];
  });
  return lines.flatMap((line) => {
    const event = shown.safeParse(parse(line));
    if (!event.success) return [];
    const { unique_id: id, preview } = event.data.data;
    const found = z.array(z.unknown()).safeParse(parse(preview)).data ?? [];
    return found.map((row) => ({ id, test: graph.get(id)?.name ?? id, row }));
  });
}

function isDataTest(graph: DbtGraph, id: string): boolean {
  const node = graph.get(id);
  return node !== undefined && isTest(node) && node.resource_type === 'test';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
