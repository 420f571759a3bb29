import { MockActivityEnvironment } from '@temporalio/testing';
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import type { Dependencies } from '../../activities/dependencies.js';
import { lookAt } from '../../activities/look-at.js';
import { noteLate } from '../../activities/watch-lists.js';
import type { Activities } from '../../activities/types.js';
import { getJson, type ObjectStore } from '../../lake/object-store.js';
import { firstFrom, type Interval } from '../../model/interval.js';
import type { ListedIntervals } from '../../model/listed-intervals.js';
import { scheduleId } from '../../model/names.js';
import type { Settings } from '../../model/settings.js';
import type { Pipeline } from '../../define/pipeline.js';
import type { Warehouse } from '../../warehouse/data-api.js';
import { quietLogger } from './quiet.js';

export interface LookingOptions {
  store: ObjectStore;
  warehouse: Warehouse;
  lakeBucket: string;
  pipelines: Pipeline[];
  /** epoch ms */
  now: () => number;
}

/** looks of the watch, without a server: what Temporal knows is `runs`, a status by workflow id */
export function looking({ store, warehouse, lakeBucket, pipelines, now }: LookingOptions) {
  const runs = new Map<string, string>();
  const calls = { describe: 0, schedule: 0, statements: 0 };
  const client = {
    workflow: {
      getHandle: (id: string) => ({
        async describe() {
          calls.describe++;
          const name = runs.get(id);
          if (!name) throw new WorkflowNotFoundError('not there', id, undefined);
          return { status: { name } };
        },
      }),
    },
    schedule: {
      getHandle: (id: string) => ({
        async describe() {
          calls.schedule++;
          const pipeline = pipelines.find(({ name }) => scheduleId(name) === id);
          if (!pipeline) throw new ScheduleNotFoundError('not there', id);
          const { start, grid } = pipeline;
          const first = start === undefined ? {} : { startAt: new Date(firstFrom(grid, start).end) };
          return { state: { paused: false }, spec: first, action: { args: [{ grid }] } };
        },
      }),
    },
  };
  const settings = { lakeBucket, heartbeatTimeout: 10_000, dbt: { target: 'local' } } as Settings;
  const counted: Warehouse = {
    query: (...asked) => (calls.statements++, warehouse.query(...asked)),
    execute: (...asked) => (calls.statements++, warehouse.execute(...asked)),
  };
  const dependencies = { client, store, settings, pipelines, warehouse: () => counted } as unknown as Dependencies;
  const at = lookAt(dependencies, now);
  const note = noteLate(dependencies);

  return {
    calls,
    runs,
    look: (pipeline: string): ReturnType<Activities['lookAt']> =>
      new MockActivityEnvironment({}, { logger: quietLogger }).run(at, { pipeline }),
    /** what the workflow does once the alert is raised */
    note: (pipeline: string, late: ListedIntervals) => note({ pipeline, late: late.list }),
    listed: ({ list }: ListedIntervals): Promise<Interval[]> => getJson<Interval[]>(store, list),
  };
}
