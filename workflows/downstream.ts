import {
  defineQuery,
  executeChild,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { BackfillInput, BackfillResult } from '../model/backfill.js';
import type { Dependent, DownstreamInput, DownstreamResult, FollowedPipeline } from '../model/downstream.js';
import type { ListedIntervals } from '../model/listed-intervals.js';
import type { backfill as backfillWorkflow } from './backfill.js';
import { downstreamTable } from './downstream-table.js';
import { failureOf } from './failure.js';
import { waiting } from './activities.js';

const progressQuery = defineQuery<DownstreamResult>('progress');

interface Range {
  from: string;
  to: string;
}

/**
 * what used runs that ran again runs again too, a pipeline at a time: each once, when all that it comes after among them has
 * ended, however many ways lead to it
 */
export async function downstream(input: DownstreamInput): Promise<DownstreamResult> {
  const result: DownstreamResult = { pipelines: [] };
  setHandler(progressQuery, () => result);
  const { dependents: getDependents, usedIntervals } = waiting();
  const { dependents } = await getDependents({ pipeline: input.pipeline });
  /** where intervals ran again; undefined where none did */
  const ended = new Map<string, Promise<Range | undefined>>([[input.pipeline, Promise.resolve(input)]]);
  for (const one of dependents) {
    const told: FollowedPipeline = {
      pipeline: one.pipeline,
      status: 'waiting',
      total: 0,
      succeeded: 0,
      failedCount: 0,
      left: [],
    };
    result.pipelines.push(told);
    ended.set(one.pipeline, follow(one, told));
  }
  await Promise.all(ended.values());
  return result;

  async function follow(dependent: Dependent, told: FollowedPipeline): Promise<Range | undefined> {
    const tell = (changes: Partial<FollowedPipeline>): undefined => {
      Object.assign(told, changes);
      setCurrentDetails(downstreamTable(input, result));
    };
    const before = await Promise.all(dependent.after.map(async (name) => ({ name, range: await ended.get(name) })));
    const ran = before.flatMap(({ name, range }) => (range ? [{ name, ...range }] : []));
    const range = hullOf(ran);
    if (!range) return tell({ status: 'nothing to do' });
    try {
      const { pipeline } = dependent;
      const upstream = ran.map(({ name }) => name);
      const { listed, left } = await usedIntervals({ pipeline, upstream, ...range, since: input.since });
      if (!listed) return tell({ status: 'nothing to do', left });
      const backfill = `${workflowInfo().workflowId}-${pipeline}`;
      tell({ status: 'running', backfill, total: listed.count, left });
      const { succeeded, failedCount, failed } = await runAgain(backfill, dependent, listed);
      const error = failed[0] && `${failed[0].run}: ${failed[0].error}`;
      tell({ status: failedCount > 0 ? 'failed' : 'completed', succeeded, failedCount, ...(error && { error }) });
      return { from: listed.first.start, to: listed.last.end };
    } catch (error) {
      if (isCancellation(error)) throw error;
      // the others go on: what comes after this one alone has nothing new to use
      return tell({ status: 'failed', error: failureOf('run', error).message });
    }
  }

  function runAgain(
    workflowId: string,
    { after: _after, ...dependent }: Dependent,
    listed: ListedIntervals,
  ): Promise<BackfillResult> {
    const given: BackfillInput = {
      ...dependent,
      from: listed.first.start,
      to: listed.last.end,
      reprocess: 'completed',
      trigger: 'manual',
      again: true,
      maxActive: input.maxActive,
      dbt: input.dbt,
      params: {},
      listed,
    };
    return executeChild<typeof backfillWorkflow>('backfill', {
      workflowId,
      args: [given],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      staticSummary: `${listed.count} intervals of ${dependent.pipeline} that used ${input.pipeline}`,
    });
  }
}

function hullOf(ranges: Range[]): Range | undefined {
  const [from] = ranges.map((range) => range.from).sort();
  const to = ranges
    .map((range) => range.to)
    .sort()
    .at(-1);
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}
