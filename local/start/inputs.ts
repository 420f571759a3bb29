import { z } from 'zod';
import { duration, iso, lastComplete, type Grid } from 'waterclock/intervals';
import type { Sample } from 'waterclock/samples';
import { container } from '../containers.js';
import type { Product } from './product.js';

const listed = z.array(
  z.object({
    name: z.string(),
    snapshot: z.boolean(),
    dbt: z.boolean(),
    grid: z.unknown(),
    containers: z.array(container).optional(),
  }),
);

const range = z.object({
  from: z.string(),
  to: z.string(),
  simulated: z.boolean(),
  waiting: z.array(z.string()),
  waitingCount: z.number().optional(),
});
const snapshot = z.object({ snapshotAt: z.string().optional(), simulated: z.boolean() });

/** what a pipeline of the project has to run on */
export interface PipelineInput {
  pipeline: string;
  /** models belong to it */
  dbt: boolean;
  simulated: boolean;
  /** the complete intervals that there is input for; absent: its last one, a snapshot */
  range?: z.infer<typeof range>;
  /** the moment that the snapshot shows */
  snapshotAt?: string;
}

export type Listed = z.infer<typeof listed>;

export async function pipelinesOf(product: Product): Promise<Listed> {
  const { result, said } = await product.run(['pipelines', '--json']);
  const read = listed.safeParse(result);
  if (read.success) return read.data;
  throw new Error(`waterclock pipelines: ${said.at(-1) ?? 'no result'}`);
}

/** by what the embedded upstream covers; a pipeline without a sample has none */
export async function sampleInputs(pipelines: Listed, port: number): Promise<PipelineInput[]> {
  const inputs: PipelineInput[] = [];
  for (const { name, dbt, grid, snapshot: isSnapshot } of pipelines) {
    const query = new URLSearchParams({ pipeline: name, grid: JSON.stringify(grid) });
    const response = await fetch(`http://127.0.0.1:${port}/coverage?${query.toString()}`);
    if (response.status === 404) continue;
    if (!response.ok) throw new Error(`upstream answered ${response.status} to /coverage: ${await response.text()}`);
    const covered: unknown = await response.json();
    if (isSnapshot) {
      const { simulated, snapshotAt } = snapshot.parse(covered);
      inputs.push({ pipeline: name, dbt, simulated, ...(snapshotAt && { snapshotAt }) });
    } else {
      const read = range.safeParse(covered);
      if (!read.success) throw new Error(`the sample of ${name} has no times: say in its sample.yaml where they are`);
      inputs.push({ pipeline: name, dbt, simulated: read.data.simulated, range: read.data });
    }
  }
  return inputs;
}

/** the real sources: what their sample says that they have, else the last day */
export function liveInputs(pipelines: Listed, samples: Sample[], now: number): PipelineInput[] {
  return pipelines.map(({ name, dbt, grid, snapshot: isSnapshot }) => {
    const shared = { pipeline: name, dbt, simulated: false };
    if (isSnapshot) return shared;
    const live = samples.find(({ pipeline }) => pipeline === name)?.live ?? lastDay(grid as Grid, now);
    return { ...shared, range: { ...live, simulated: false, waiting: [] } };
  });
}

/** the complete intervals of a day, or the last one where it is longer */
function lastDay(grid: Grid, now: number) {
  const { start, end } = lastComplete(grid, now);
  const dayBefore = iso(Date.parse(end) - duration('1 day'));
  return { from: dayBefore < start ? dayBefore : start, to: end };
}
