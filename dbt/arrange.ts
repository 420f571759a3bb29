import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DbtSelection } from '../model/dbt.js';
import { TerminalError } from '../model/errors.js';
import type { DbtContext } from './commands.js';
import { dbtEvents } from './events.js';
import { projectGraph } from './project-graph.js';
import { selectedNodes } from './selected-nodes.js';
import { withInputs } from './selection.js';
import { footprintOf, sideBySide } from './side-by-side.js';

export interface ArrangeInput {
  /** of the builds under way */
  building: DbtSelection[];
  /** of those that wait, in the order in which they came */
  wanted: (DbtSelection & { fullRefresh?: boolean })[];
  most: number;
}

/** the selections that can be built beside those under way, as places in `wanted`, a list for each build */
export async function arrange(
  { building, wanted, most }: ArrangeInput,
  dependencies: Omit<DbtContext, 'folder' | 'events'>,
): Promise<number[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'waterclock-dbt-'));
  const context = { ...dependencies, folder, events: dbtEvents() };
  try {
    const project = await projectGraph(context);
    const footprint = async (selection: DbtSelection) => {
      const nodes = await selectedNodes(context, project, selection.select).catch((error: unknown) => {
        // its build says what is wrong with it
        if (error instanceof TerminalError) return new Set<string>();
        throw error;
      });
      return footprintOf(project.graph, withInputs(project.graph, nodes, selection));
    };
    const taken = [];
    for (const selection of building) taken.push(await footprint(selection));
    const waiting = [];
    for (const one of wanted) waiting.push({ ...(await footprint(one)), fullRefresh: one.fullRefresh ?? false });
    return sideBySide(taken, waiting, most);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
