import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samplesOf } from 'waterclock/samples';
import type { Stack } from '../stack.js';
import { StackFailure } from '../supervisor/stack-failure.js';
import { liveInputs, pipelinesOf, sampleInputs, type Listed, type PipelineInput } from './inputs.js';
import type { Product } from './product.js';

interface Options {
  project: string;
  live?: boolean;
  /** the pipelines that are run; all of the project when absent */
  only?: string[];
}

export interface Prepared {
  pipelines: Listed;
  inputs: PipelineInput[];
}

/** sets the service up on a stack that is up, and starts its worker; answers what there is to run */
export async function prepareProject(
  stack: Stack,
  product: Product,
  { project, live = false, only }: Options,
): Promise<Prepared> {
  const all = await pipelinesOf(product);
  const pipelines = only ? all.filter(({ name }) => only.includes(name)) : all;
  const containers = all.flatMap((one) => one.containers ?? []);
  if (containers.length > 0) await stack.startEcs(containers);
  const inputs = live
    ? liveInputs(pipelines, samplesOf(project), Date.now())
    : await sampleInputs(pipelines, stack.ports.upstream);
  const shown = inputs.flatMap(({ snapshotAt }) => snapshotAt ?? []).sort();
  if (shown.length > 0) stack.setSnapshotAt(shown.at(-1) ?? '');
  // attributes come before the first worker; in a state that has them the worker need not wait
  const marker = join(stack.state, 'prepared');
  const wasPrepared = existsSync(marker);
  await Promise.all([setUpService(product), ...(wasPrepared ? [stack.startWorker()] : [])]);
  if (!wasPrepared) await stack.startWorker();
  writeFileSync(marker, '');
  return { pipelines, inputs };
}

export async function setUpService(product: Product): Promise<void> {
  const { code, said } = await product.run(['setup', '--json']);
  if (code !== 0)
    throw new StackFailure(`waterclock setup failed: ${said.at(-1) ?? 'no message'}`, { path: product.log });
}
