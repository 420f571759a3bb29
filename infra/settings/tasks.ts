import { taskQueueOf } from 'waterclock/facts';
import type { EnvironmentSettings } from '../settings.js';
import { taskQueue } from '../task-queue.js';

type Tasks = EnvironmentSettings['workers']['services'][string]['tasks'];

export const isOnDemand = (tasks: Tasks): tasks is { onDemand: number } =>
  typeof tasks === 'object' && 'onDemand' in tasks;

export const isRange = (tasks: Tasks): tasks is { min: number; max: number } =>
  typeof tasks === 'object' && 'min' in tasks;

/** with which a deployment begins: those on demand are up then, so that the new version can take the work */
export function leastTasks(tasks: Tasks): number {
  if (isOnDemand(tasks)) return tasks.onDemand;
  return isRange(tasks) ? tasks.min : tasks;
}

/** task queues whose workers are there only while there is work */
export function onDemandQueues({ workers }: EnvironmentSettings): string[] {
  return Object.values(workers.services).flatMap(({ roles, tasks }) =>
    isOnDemand(tasks) ? roles.map((role) => taskQueueOf(taskQueue, role)) : [],
  );
}
