import { patched, proxyActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/types.js';
import type { Role } from '../model/roles.js';
import { taskQueueOf } from '../model/task-queues.js';
import { wasShutdown } from './failure.js';

/** what workflows ask of workers */
export type StepActivities = Activities;

/** whose slots each activity takes */
const roleOf: Record<keyof Activities, Role> = {
  plan: 'ingest',
  extract: 'ingest',
  validatePart: 'ingest',
  validate: 'ingest',
  parquet: 'ingest',
  copy: 'warehouse',
  close: 'warehouse',
  dbtBuild: 'transform',
  rebuildPlan: 'warehouse',
  rebuildInterval: 'warehouse',
  rebuildCopy: 'warehouse',
  rebuildSwap: 'warehouse',
  rebuildDrop: 'warehouse',
  // these look after runs and wait for them: on slots of their own, or a backfill would wait for slots that it holds
  ready: 'workflows',
  ensureRun: 'workflows',
  cancelRuns: 'workflows',
  needBuild: 'workflows',
  lookOver: 'workflows',
  watchedPipelines: 'workflows',
  lookAt: 'workflows',
  noteLate: 'workflows',
  listedIntervals: 'workflows',
  loadedIntervals: 'workflows',
  sendAlert: 'workflows',
};

const names = Object.keys(roleOf) as (keyof Activities)[];

/** activities by their names, each sent to the task queue of its role beside the workflow's own */
export function route(options: ActivityOptions): StepActivities {
  const routed = names.map((name) => {
    const call = (input: never) => {
      const taskQueue = taskQueueOf(workflowInfo().taskQueue, roleOf[name]);
      const activity = proxyActivities<Activities>({ ...options, taskQueue })[name] as (
        input: never,
      ) => Promise<unknown>;
      return despiteShutdowns(() => activity(input));
    };
    return [name, call];
  });
  return Object.fromEntries(routed) as StepActivities;
}

/** a worker that was asked to end is nothing that a step failed of, however few attempts it has */
async function despiteShutdowns<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!wasShutdown(error) || !patched('despite-shutdowns')) throw error;
    }
  }
}
