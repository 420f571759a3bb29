import { findProject, openProject } from '../../define/open-project.js';
import { examples } from '../../local/paths.js';
import type { Stack } from '../../local/stack.js';
import { sampleInputs } from '../../local/start/inputs.js';
import { intervalsBetween, lastComplete, type Grid, type Interval } from '../../model/interval.js';

export interface Subject {
  name: string;
  grid: Grid;
  /** the last one is measured */
  intervals: Interval[];
  aDay: number;
}

/** two intervals of each pipeline that has a sample */
export async function subjects(stack: Stack): Promise<Subject[]> {
  const { pipelines } = await openProject(findProject(examples).config);
  const listed = pipelines.map(({ name, grid, dbtSelect, source }) => ({
    name,
    grid,
    dbt: dbtSelect !== undefined,
    snapshot: source.snapshot,
  }));
  const inputs = await sampleInputs(listed, stack.ports.upstream);
  return inputs.flatMap(({ pipeline, range, snapshotAt }) => {
    const grid = pipelines.find(({ name }) => name === pipeline)?.grid;
    if (!grid) return [];
    if (snapshotAt) stack.setSnapshotAt(snapshotAt);
    const last = lastComplete(grid, Date.now());
    const intervals = range
      ? intervalsBetween(grid, Date.parse(range.from), Date.parse(range.to)).slice(-2)
      : [last, last];
    const length = Date.parse(last.end) - Date.parse(last.start);
    return { name: pipeline, grid, intervals, aDay: Math.round(86_400_000 / length) };
  });
}
