import { Context } from '@temporalio/activity';
import { putJson } from '../lake/object-store.js';
import { loadedOver, type ClosedIn } from '../lake/used-by.js';
import { downstreamOf } from '../model/dependents.js';
import { intervalsCovering, lastComplete, type Interval } from '../model/interval.js';
import { keys } from '../model/keys.js';
import { audienceOf } from '../model/policy.js';
import { satisfies } from '../model/run-status.js';
import type { Pipeline } from '../define/pipeline.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { knownRuns } from './known-runs.js';
import type { Activities } from './types.js';

export function dependents({ pipelines, settings }: Dependencies): Activities['dependents'] {
  return async ({ pipeline }) => {
    const found = downstreamOf(pipelines, pipeline);
    const again = new Set([pipeline, ...found.map(({ name }) => name)]);
    return {
      dependents: found.map(({ name, grid, policy, dbtSelect }) => ({
        pipeline: name,
        grid,
        after: policy.after.filter((other) => again.has(other)),
        ...(dbtSelect && { dbtSelect }),
        dbtTarget: settings.dbt.target,
        heartbeatTimeout: settings.heartbeatTimeout,
        ...audienceOf(policy),
      })),
    };
  };
}

/** those that loaded, overlap what ran again, and whose run would not wait or ask for what is gone */
export function usedIntervals(dependencies: Dependencies, now: () => number = Date.now): Activities['usedIntervals'] {
  const { pipelines, settings, store } = dependencies;
  const known = knownRuns(dependencies);
  return ({ pipeline: name, upstream, from, to, since }) =>
    alive(async (alive) => {
      const pipeline = pipelines.find((one) => one.name === name);
      if (!pipeline) return { left: [`${name} is not defined any more`] };
      const closedIn: ClosedIn = (other, range) => known.between(other, range, alive);
      const again: Interval[] = [];
      for (const other of upstream) {
        const closed = await closedIn(other, { from, to });
        again.push(
          ...closed.filter(
            ({ status, finishedAt }) => status === 'completed' && Date.parse(finishedAt) >= Date.parse(since),
          ),
        );
      }
      const used = await loadedOver(pipeline, again, closedIn);
      const last = lastComplete(pipeline.grid, now()).start;
      const present = pipeline.source.snapshot ? used.filter(({ start }) => start === last) : used;
      const wanted = await withUpstream(pipeline, present, closedIn);
      const left = [
        leftOut(used.length - present.length, 'of a snapshot, which has no past to extract'),
        leftOut(present.length - wanted.length, 'that would wait for one that has not loaded'),
      ].filter((text) => text !== undefined);
      const [first] = wanted;
      const end = wanted.at(-1);
      if (!first || !end) return { left };
      const look = Context.current().info.workflowExecution?.runId ?? 'look';
      const ref = { bucket: settings.lakeBucket, key: keys.watchList(name, look, 'downstream') };
      const list = await putJson(store, ref, wanted);
      return { listed: { list, count: wanted.length, first, last: end }, left };
    });

  /** those that have all that they come after: the run of another one would wait until it gives up */
  async function withUpstream(pipeline: Pipeline, intervals: Interval[], closedIn: ClosedIn): Promise<Interval[]> {
    let ready = intervals;
    for (const name of pipeline.policy.after) {
      const other = pipelines.find((one) => one.name === name);
      const [first] = ready;
      const last = ready.at(-1);
      if (!other || !first || !last) continue;
      const needed = intervalsCovering(other.grid, { start: first.start, end: last.end });
      const range = { from: needed[0]?.start ?? first.start, to: needed.at(-1)?.end ?? last.end };
      const closed = await closedIn(name, range);
      const done = new Set(closed.filter(({ status }) => satisfies(status)).map(({ start }) => start));
      ready = ready.filter((one) => intervalsCovering(other.grid, one).every(({ start }) => done.has(start)));
    }
    return ready;
  }
}

function leftOut(count: number, why: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? 'interval' : 'intervals'} ${why}`;
}
