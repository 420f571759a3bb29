import { z } from 'zod';
import { isTest, type DbtGraph, type NodeResult } from './artifacts.js';
import { showRows, type DbtContext } from './commands.js';
import { selectWords } from './selection.js';

/** of each test */
const rows = 3;
/** tests whose rows are looked up */
const tests = 10;
const textLimit = 300;

const shown = z.object({
  info: z.object({ name: z.literal('ShowNode') }),
  data: z.object({ unique_id: z.string(), preview: z.string() }),
});

/** some rows of each failed data test, by its id; none when dbt cannot show them, which makes no difference to the result */
export async function failingRows(
  context: DbtContext,
  graph: DbtGraph,
  results: NodeResult[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const failed = results.filter(({ unique_id: id, status }) => status === 'fail' && isDataTest(graph, id));
  if (failed.length === 0) return found;
  const ids = failed.slice(0, tests).map(({ unique_id }) => unique_id);
  const lines = await showRows(context, selectWords(graph, ids), rows).catch((error: unknown) => {
    if (context.signal?.aborted) throw error;
    return [];
  });
  for (const line of lines) {
    const event = shown.safeParse(parse(line));
    if (!event.success) continue;
    const preview = z.array(z.unknown()).safeParse(parse(event.data.data.preview)).data ?? [];
    const text = preview.map((row) => JSON.stringify(row)).join(', ');
    if (text) found.set(event.data.data.unique_id, text.length > textLimit ? `${text.slice(0, textLimit - 1)}…` : text);
  }
  return found;
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
