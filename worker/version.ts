import type { WorkerOptions } from '@temporalio/worker';
import type { Settings } from '../model/settings.js';

/** a version of a deployment, whose runs go on with the version that is current; none where no deployment is named */
export function versionOf({
  deployment,
  worker: { buildId },
}: Pick<Settings, 'deployment' | 'worker'>): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (!deployment) return {};
  if (!buildId) {
    throw new Error(
      `WATERCLOCK_DEPLOYMENT is ${deployment} and WATERCLOCK_BUILD_ID is not set: name this worker's version, for example by the digest of its image`,
    );
  }
  return {
    workerDeploymentOptions: {
      version: { deploymentName: deployment, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
