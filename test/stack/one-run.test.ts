import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { intervalsBetween, lastComplete, type Grid, type Interval } from '../../model/interval.js';
import { runName, scheduleId } from '../../model/names.js';
import type { Trigger } from '../../model/keys.js';
import type { RunInput } from '../../model/plan.js';
import type { Pipeline } from '../../define/pipeline.js';
import type { Context } from '../../control/context.js';
import { scheduleOf } from '../../control/schedules.js';
import { startRun } from '../../control/start-run.js';
import { backfill } from '../../workflows/backfill.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { watch } from '../../workflows/watch.js';
import { atLevel } from '../support/level.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';
import { eventually } from '../support/eventually.js';

let service: NoOpService;
beforeAll(async () => {
  service = await noOpService(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '', builtWorkflows());
});
afterAll(() => service?.close());

const grids: fc.Arbitrary<Grid> = fc.constantFrom<Grid>(
  { every: 3_600_000, offset: 600_000 },
  { every: 86_400_000, offset: 0 },
  { cron: '0 0 28-31 * *', offset: 0 },
  { cron: '0 0 1 * *', offset: 3_600_000 },
  { cron: '0 12 29 2 *', offset: 0 },
  { cron: '15,45 8-18 * * 1-5', offset: 60_000 },
);

/** who starts the runs of a part of the range, by the numbers of its first and last interval */
const starters = fc.array(
  fc.record({
    who: fc.constantFrom('schedule', 'backfill', 'backwards', 'watch', 'hand'),
    first: fc.nat(5),
    count: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: 2, maxLength: 5 },
);

let cases = 0;

test(
  'for any grid, whatever mix of schedule, backfill, watch and hand starts them: one loaded run each',
  { timeout: atLevel(120_000, 1_200_000) },
  async () => {
    await fc.assert(
      fc.asyncProperty(grids, starters, async (grid, mix) => {
        const intervals = newest(grid, 6);
        const pipeline = add({ name: `p${cases++}`, grid, start: Date.parse(intervals[0]?.start ?? '') });
        await service.client.schedule.create(scheduleOf(pipeline, service.settings.taskQueue, pipeline.start));
        await Promise.all(
          mix.map(({ who, first, count }) => starts[who](pipeline, intervals.slice(first, first + count))),
        );
        // what nobody started, the watch fills
        await starts.watch(pipeline);
        const expected = intervalsBetween(grid, pipeline.start ?? 0, Date.parse(lastComplete(grid, Date.now()).end));
        const loaded = () => service.ledger.rows.filter(({ run }) => run.pipeline === pipeline.name);
        await eventually(() => loaded().length >= expected.length);
        expect(
          loaded()
            .map(({ run, status }) => `${run.interval.start} ${status}`)
            .sort(),
        ).toEqual(expected.map(({ start }) => `${start} completed`));
        await service.client.schedule.getHandle(scheduleId(pipeline.name)).delete();
        service.pipelines.splice(0);
      }),
      { numRuns: atLevel(4, 20), endOnFailure: true },
    );
  },
);

/** the last complete intervals, oldest first */
function newest(grid: Grid, count: number): Interval[] {
  const found = [lastComplete(grid, Date.now())];
  while (found.length < count) {
    const [first] = found;
    if (first) found.unshift(lastComplete({ ...grid, offset: 0 }, Date.parse(first.start)));
  }
  return found;
}

function add(changes: Partial<Pipeline> & Pick<Pipeline, 'name' | 'grid'>): Pipeline {
  const pipeline = { ...plainPipeline, catchup: 100 * 366 * 86_400_000, ...changes };
  service.pipelines.push(pipeline);
  return pipeline;
}

const starts = {
  /** as the server starts what a slot is for: an id that is taken drops it */
  async schedule(pipeline: Pipeline, intervals: Interval[]) {
    for (const interval of intervals) {
      await service.client.workflow
        .start(pipelineRun, {
          ...runOf(pipeline, interval, 'schedule'),
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        })
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        });
    }
  },
  backfill: (pipeline: Pipeline, intervals: Interval[]) => filled(pipeline, intervals, false),
  backwards: (pipeline: Pipeline, intervals: Interval[]) => filled(pipeline, intervals, true),
  async watch({ name }: Pipeline) {
    const { client, settings } = service;
    const { taskQueue } = settings;
    const found = await client.workflow.execute(watch, { workflowId: `watch-${Math.random()}`, taskQueue, args: [] });
    if ((found[name]?.missing ?? 0) > 0) await client.workflow.getHandle(`backfill-${name}-missing`).result();
  },
  async hand(pipeline: Pipeline, intervals: Interval[]) {
    const { client, settings, pipelines } = service;
    const context = {
      settings: () => settings,
      pipelines: async () => pipelines,
      temporal: async () => ({ client, namespace: client.options.namespace }),
    } as unknown as Context;
    for (const interval of intervals) {
      const { workflowId, args } = runOf(pipeline, interval, 'manual');
      if (service.ledger.rows.some(({ run }) => run.workflowId === workflowId)) continue;
      await startRun(context, workflowId, args[0]).catch((error: Error) => {
        if (!error.message.includes('is running already')) throw error;
      });
    }
  },
};

function runOf({ name: pipeline, grid }: Pipeline, interval: Interval, trigger: Trigger) {
  const input: RunInput & { interval: Interval } = { pipeline, interval, grid, trigger, dbt: 'skip', params: {} };
  return {
    workflowId: runName(pipeline, interval),
    taskQueue: service.settings.taskQueue,
    args: [input] as [typeof input],
  };
}

async function filled({ name, grid }: Pipeline, intervals: Interval[], backwards: boolean) {
  const [first] = intervals;
  const last = intervals.at(-1);
  if (!first || !last) return;
  const { client, settings } = service;
  const given = { pipeline: name, from: first.start, to: last.end, grid, params: {}, backwards };
  await client.workflow.execute(backfill, {
    workflowId: `backfill-${name}-${Math.random()}`,
    taskQueue: settings.taskQueue,
    args: [{ ...given, maxActive: 3, dbt: 'skip', dbtTarget: 'none', heartbeatTimeout: 10_000 }],
  });
}
