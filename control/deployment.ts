import { taskQueues } from '../model/task-queues.js';
import type { Temporal } from './temporal.js';

interface Version {
  buildId: string;
  /** what Temporal says of it: current, draining, drained, inactive */
  status: string;
  /** tasks that none of its workers asked for lately, as `<task queue> for <kind>` */
  unpolled: string[];
}

export interface Deployment {
  deployment: string;
  /** build id that takes the tasks; null while workers without a version do */
  current: string | null;
  versions: Version[];
}

const notFound = 5;
const failedPrecondition = 9;
/** a long poll lasts a minute */
const polledWithin = 120_000;
/** Temporal's numbers of them are their places */
const statuses = ['unknown', 'inactive', 'current', 'ramping', 'draining', 'drained', 'created'];
const kinds = { workflows: 1, steps: 2 } as const;

/** the versions of a deployment that Temporal knows, newest first */
export async function describeDeployment(at: Temporal, deployment: string, taskQueue: string): Promise<Deployment> {
  const { connection, namespace } = at;
  const asked = { namespace, deploymentName: deployment };
  const [described, isPolled] = await Promise.all([
    connection.workflowService.describeWorkerDeployment(asked).catch((error: unknown) => {
      if ((error as { code?: number }).code === notFound) return undefined;
      throw error;
    }),
    pollersOf(at, deployment, taskQueue),
  ]);
  const info = described?.workerDeploymentInfo;
  const versions = (info?.versionSummaries ?? []).map(({ deploymentVersion, status }) => {
    const buildId = deploymentVersion?.buildId ?? '';
    return { buildId, status: statuses[status ?? 0] ?? `${status}`, unpolled: isPolled(buildId) };
  });
  const current = info?.routingConfig?.currentDeploymentVersion?.buildId;
  return { deployment, current: current || null, versions };
}

/**
 * From now on every task goes to workers of this version. Temporal refuses while it counts one of the queues as not polled, which it does
 * for a moment after it shows who polls it: answers what it says then.
 */
export async function setCurrent(
  { connection, namespace }: Temporal,
  deployment: string,
  buildId: string,
): Promise<string | undefined> {
  const asked = { namespace, deploymentName: deployment, buildId, identity: 'waterclock deployment' };
  try {
    await connection.workflowService.setWorkerDeploymentCurrentVersion(asked);
    return undefined;
  } catch (error) {
    const { code, details } = error as { code?: number; details?: string };
    if (code !== failedPrecondition) throw error;
    return details ?? (error as Error).message;
  }
}

/** asks each task queue once who polls it; answers what a version leaves unpolled */
async function pollersOf({ connection, namespace }: Temporal, deployment: string, taskQueue: string) {
  const wanted = [
    { queue: taskQueue, kind: 'workflows' as const },
    ...taskQueues(taskQueue).map((queue) => ({ queue, kind: 'steps' as const })),
  ];
  const since = (Date.now() - polledWithin) / 1000;
  const polled = await Promise.all(
    wanted.map(async ({ queue, kind }) => {
      const asked = { namespace, taskQueue: { name: queue }, taskQueueType: kinds[kind] };
      const { pollers } = await connection.workflowService.describeTaskQueue(asked);
      const own = (pollers ?? []).filter(
        ({ deploymentOptions, lastAccessTime }) =>
          deploymentOptions?.deploymentName === deployment && Number(lastAccessTime?.seconds ?? 0) > since,
      );
      return new Set(own.map(({ deploymentOptions }) => deploymentOptions?.buildId));
    }),
  );
  return (buildId: string): string[] =>
    wanted.filter((_, at) => !polled[at]?.has(buildId)).map(({ queue, kind }) => `${queue} for ${kind}`);
}
