import type { Client, WorkflowHandle } from '@temporalio/client';
import { startAttributes, summaryOf } from '../../model/attributes.js';
import { iso, type Interval } from '../../model/interval.js';
import { runName } from '../../model/names.js';
import type { RunInput } from '../../model/plan.js';
import { readingsPipeline } from '../../test/project/pipelines/readings/definition.js';
import type { Pipeline } from '../../define/pipeline.js';
import { held, tiny } from './tiny-pipeline.js';

/** something whose runs are measured */
export interface Subject {
  name: string;
  start(): Promise<WorkflowHandle>;
  /** a run whose first step holds until its worker dies */
  startHeld(): Promise<WorkflowHandle>;
}

export function bare(client: Client): Subject {
  let count = 0;
  const start = (isHeld: boolean) =>
    client.workflow.start('bareRun', { taskQueue: 'bare', workflowId: `bare-${count++}`, args: [{ isHeld }] });
  return { name: 'bare Temporal', start: () => start(false), startHeld: () => start(true) };
}

/** the real workflow, plan, manifests, search attributes and ledger; steps without work of their own */
export function withoutWork(client: Client, taskQueue: string): Subject {
  const [runs, heldRuns] = [intervals(tiny), intervals(held)];
  return {
    name: 'waterclock',
    start: () => startRun(client, taskQueue, tiny, runs()),
    startHeld: () => startRun(client, taskQueue, held, heldRuns()),
  };
}

/** an hour of readings each: HTTP, S3, threads, Parquet, COPY, merge */
export function withWork(client: Client, taskQueue: string): Pick<Subject, 'name' | 'start'> {
  const runs = intervals(readingsPipeline, Date.parse('2018-01-31T01:00:00Z'));
  return { name: 'waterclock, with work', start: () => startRun(client, taskQueue, readingsPipeline, runs()) };
}

function startRun(client: Client, taskQueue: string, { name, grid }: Pipeline, interval: Interval) {
  const input: RunInput = { pipeline: name, interval, grid, trigger: 'manual', dbt: 'skip', params: {} };
  return client.workflow.start('pipelineRun', {
    taskQueue,
    workflowId: runName(name, interval),
    args: [input],
    typedSearchAttributes: startAttributes(input, interval),
    staticSummary: summaryOf(name, interval),
  });
}

/** each interval once, from some time in the past on */
function intervals({ grid }: Pipeline, from = Date.parse('2024-01-01T00:00:00Z')): () => Interval {
  const length = grid.every ?? 60_000;
  let count = 0;
  return () => {
    const start = from + length * count++;
    return { start: iso(start), end: iso(start + length) };
  };
}
