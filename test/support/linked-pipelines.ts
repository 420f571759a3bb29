import type { WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import { TerminalError } from '../../model/errors.js';
import type { DownstreamResult } from '../../model/downstream.js';
import { iso, lastComplete, type Interval } from '../../model/interval.js';
import { downstreamId, parseRunName, runName } from '../../model/names.js';
import type { RunInput } from '../../model/plan.js';
import { httpJson } from '../../sources/declare.js';
import type { Warehouse } from '../../warehouse/data-api.js';
import type { pipelineRun } from '../../workflows/pipeline-run.js';
import { builtWorkflows } from './built-workflows.js';
import { eventually } from './eventually.js';
import { memoryStore } from '../../testing/memory-store.js';
import { noOpService } from './no-op-service.js';
import { tinyPipeline } from './tiny-pipeline.js';

const hour = 3_600_000;
export const hourly = { every: hour, offset: 0 };
/** the newest hour that is over */
export const last = lastComplete(hourly, Date.now());

/** pipelines that come after others, on a real server; their steps do nothing, and say in which order they begin */
export async function linkedPipelines(address: string) {
  const store = memoryStore();
  const warehouse: Warehouse = { query: async () => [], execute: async () => ({}) };
  /** names of runs in the order in which they extract */
  const extracted: string[] = [];
  /** runs whose extract goes on once they are gone from here */
  const held = new Set<string>();
  const failing = new Set<string>();
  const service = await noOpService(
    address,
    builtWorkflows(),
    (real) => ({
      close: real.close,
      async extract({ run }) {
        extracted.push(run.workflowId);
        await eventually(() => !held.has(run.workflowId));
        if (failing.has(run.workflowId)) throw new TerminalError('SourceRefused', 'no permission');
        return { manifest: { bucket: 'lake', key: 'none' }, parts: 0, files: 0, bytes: 0 };
      },
    }),
    { store, warehouse },
  );
  const { client, pipelines, settings } = service;
  let worlds = 0;

  /** pipelines by what each comes after, under names of their own; answers with names of their runs */
  function define(after: Record<string, string[]>, every: Record<string, string> = {}) {
    const prefix = `t${worlds++}_`;
    pipelines.splice(0);
    for (const [name, others] of Object.entries(after)) {
      const params = z.object({ kept: z.string().default('no') });
      const source = httpJson({ url: 'https://example.com/rows', query: { kept: '{params.kept}' } });
      const defined = tinyPipeline({
        name: `${prefix}${name}`,
        after: others.map((other) => `${prefix}${other}`),
        schedule: { every: every[name] ?? '1 hour' },
        params,
        source,
      });
      pipelines.push({ ...defined, entities: [] });
    }
    return (name: string, interval: Interval = last) => runName(`${prefix}${name}`, interval);
  }

  function start(run: string, changes: Partial<RunInput> = {}): Promise<WorkflowHandle<typeof pipelineRun>> {
    const { pipeline = '', end = '' } = parseRunName(run) ?? {};
    const grid = pipelines.find(({ name }) => name === pipeline)?.grid ?? hourly;
    const interval = { start: iso(Date.parse(end) - (grid.every ?? hour)), end };
    const input: RunInput = { pipeline, interval, grid, trigger: 'manual', dbt: 'skip', params: {}, ...changes };
    const { taskQueue } = settings;
    return client.workflow.start<typeof pipelineRun>('pipelineRun', { workflowId: run, taskQueue, args: [input] });
  }

  async function load(runs: string[], changes: Partial<RunInput> = {}): Promise<void> {
    for (const run of runs) await (await start(run, changes)).result();
  }

  const handleOf = (runOrRange: string) => client.workflow.getHandle(downstreamId(runOrRange));
  return {
    ...service,
    store,
    warehouse,
    extracted,
    held,
    failing,
    define,
    start,
    load,
    countOf: (run: string) => extracted.filter((one) => one === run).length,
    follower: handleOf,
    /** what `downstream` did after a run or range */
    followed: (runOrRange: string) => handleOf(runOrRange).result() as Promise<DownstreamResult>,
  };
}

export type LinkedPipelines = Awaited<ReturnType<typeof linkedPipelines>>;
