import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { PipelineInput } from './inputs.js';
import type { Answer, Product } from './product.js';

const backfillResult = z.object({
  total: z.number(),
  started: z.number(),
  loadedEarlier: z.number(),
  succeeded: z.number(),
  failed: z.array(z.object({ run: z.string(), error: z.string() })),
});

const runResult = z.object({
  status: z.string(),
  run: z.string().nullish(),
  error: z.string().optional(),
});

const buildResult = z.object({
  status: z.string(),
  ok: z.number(),
  failed: z.number(),
  skipped: z.number(),
  failures: z.array(z.object({ name: z.string(), message: z.string() })),
});

export interface PipelineOutcome {
  pipeline: string;
  total: number;
  done: number;
  started: number;
  loadedEarlier: number;
  failures: string[];
  seconds: number;
  simulated: boolean;
  waiting: string[];
  waitingCount: number;
}

export interface JobOutcome {
  pipelines: PipelineOutcome[];
  /** undefined: nothing new to build */
  dbt?: z.infer<typeof buildResult>;
  failures: string[];
}

export interface JobOptions {
  product: Product;
  state: string;
  inputs: PipelineInput[];
  onProgress(line: string): void;
}

/** every interval that the input covers and that is not loaded yet, then one dbt build */
export async function runMainJob({ product, state, inputs, onProgress }: JobOptions): Promise<JobOutcome> {
  // a build that an earlier start did not reach is made up for
  const marker = join(state, 'models-built');
  const isBuilt = existsSync(marker);
  rmSync(marker, { force: true });
  const pipelines = await Promise.all(
    inputs.map(({ pipeline, simulated, range }) =>
      range ? backfill(product, pipeline, range, onProgress) : snapshot(product, pipeline, simulated, onProgress),
    ),
  );
  const started = pipelines.reduce((sum, one) => sum + one.started, 0);
  const failures = pipelines.flatMap((one) => one.failures.slice(0, 5));
  if (started === 0 && isBuilt) {
    if (failures.length === 0) writeFileSync(marker, '');
    return { pipelines, failures };
  }
  // the models of a pipeline that has no interval to run yet have no tables to read
  const hasModels = new Set(inputs.filter(({ dbt }) => dbt).map(({ pipeline }) => pipeline));
  const covered = pipelines.flatMap(({ pipeline, total }) => (total > 0 && hasModels.has(pipeline) ? [pipeline] : []));
  if (covered.length === 0) return { pipelines, failures };
  const answer = await product.run(['build', ...covered, '--wait', '--json'], onProgress);
  const dbt = buildResult.safeParse(answer.result);
  if (!dbt.success) return { pipelines, failures: [...failures, `dbt: ${lastWord(answer)}`] };
  if (dbt.data.status === 'success') writeFileSync(marker, '');
  const failed = dbt.data.failures.map(({ name, message }) => `dbt ${name}: ${message.split('\n')[0] ?? ''}`);
  if (failed.length === 0 && dbt.data.status !== 'success') failed.push('dbt: the build failed');
  return { pipelines, dbt: dbt.data, failures: [...failures, ...failed.slice(0, 5)] };
}

async function backfill(
  product: Product,
  pipeline: string,
  range: NonNullable<PipelineInput['range']>,
  onLine: (line: string) => void,
): Promise<PipelineOutcome> {
  const { from, to, simulated, waiting } = range;
  const shared = { pipeline, simulated, waiting, waitingCount: range.waitingCount ?? waiting.length };
  const none = { ...shared, total: 0, done: 0, started: 0, loadedEarlier: 0, failures: [], seconds: 0 };
  if (Date.parse(from) >= Date.parse(to)) return none;
  const begun = Date.now();
  const times = ['--from', from, '--to', to];
  const answer = await product.run(
    ['backfill', 'create', pipeline, ...times, '--max-active', '8', '--dbt', 'defer', '--wait', '--json'],
    onLine,
  );
  const seconds = Math.round((Date.now() - begun) / 1000);
  const result = backfillResult.safeParse(answer.result);
  if (!result.success) return { ...none, seconds, failures: [`${pipeline}: ${lastWord(answer)}`] };
  const { total, started, loadedEarlier, failed } = result.data;
  return {
    ...shared,
    total,
    done: total - failed.length,
    started,
    loadedEarlier,
    seconds,
    failures: failed.map(({ run, error }) => `${run}: ${error}`),
  };
}

async function snapshot(
  product: Product,
  pipeline: string,
  simulated: boolean,
  onLine: (line: string) => void,
): Promise<PipelineOutcome> {
  const begun = Date.now();
  const answer = await product.run(['run', pipeline, '--dbt', 'defer', '--wait', '--json'], onLine);
  const result = runResult.safeParse(answer.result);
  const isEarlier = result.success && result.data.status === 'nothing to do';
  const isDone = isEarlier || (result.success && result.data.status === 'completed');
  const why = result.success && result.data.error ? result.data.error : lastWord(answer);
  return {
    pipeline,
    total: 1,
    done: isDone ? 1 : 0,
    started: isEarlier ? 0 : 1,
    loadedEarlier: isEarlier ? 1 : 0,
    failures: isDone ? [] : [`${pipeline}: ${why}`],
    seconds: Math.round((Date.now() - begun) / 1000),
    simulated,
    waiting: [],
    waitingCount: 0,
  };
}

function lastWord({ code, result, said }: Answer): string {
  const error = z.object({ error: z.string() }).safeParse(result);
  return error.success ? error.data.error : (said.at(-1) ?? `the command ended with exit code ${code}`);
}
