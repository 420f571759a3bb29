import { proxyActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/types.js';
import type { Role } from '../model/roles.js';
import { stepFacts, stepOf, type StepActivity } from '../model/steps.js';
import { taskQueueOf } from '../model/task-queues.js';
import { wasShutdown } from './failure.js';
import { once, type Tries } from './tries.js';

/** what workflows ask of workers */
export type StepActivities = Activities;

/** whose slots each activity takes */
const roleOf: Record<keyof Activities, Role> = {
  ...stepRoles(),
  plan: 'ingest',
  close: 'warehouse',
  // where the project and dbt are; a slot that it waits for is one that a build would wait for too
  arrangeBuilds: 'transform',
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
  askForSlot: 'workflows',
  watchedPipelines: 'workflows',
  lookAt: 'workflows',
  noteLate: 'workflows',
  listedIntervals: 'workflows',
  loadedIntervals: 'workflows',
  dependents: 'workflows',
  usedIntervals: 'workflows',
  alertChannels: 'workflows',
  sendAlert: 'workflows',
};

function stepRoles() {
  const roles = Object.entries(stepOf).map(([activity, step]) => [activity, stepFacts[step].role]);
  return Object.fromEntries(roles) as Record<StepActivity, Role>;
}

const names = Object.keys(roleOf) as (keyof Activities)[];

/** activities by their names, each sent to the task queue of its role beside the workflow's own, as often as `tries` says */
export function route(options: ActivityOptions, tries: Tries = once): StepActivities {
  const routed = names.map((name) => {
    const call = (input: never) => {
      const taskQueue = taskQueueOf(workflowInfo().taskQueue, roleOf[name]);
      return tries((changes, given) => {
        const activity = proxyActivities<Activities>({ ...options, ...changes, taskQueue })[name] as (
          input: object,
        ) => Promise<unknown>;
        return despiteShutdowns(() => activity(given ? { ...(input as object), ...given } : input));
      });
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
      if (!wasShutdown(error)) throw error;
    }
  }
}
