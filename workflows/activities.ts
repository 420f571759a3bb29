import { proxyActivities, type ActivityInterfaceFor } from '@temporalio/workflow';
import type { Activities } from '../activities/types.js';

// terminal errors come as non-retryable failures
const retry = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
  maximumAttempts: 8,
};

/** short work without a heartbeat */
export const { plan, needBuild, cancelRuns } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', retry });

/** long work: the heartbeat's timeout is a setting, recorded in the plan */
export function steps(heartbeatTimeout: number): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({ startToCloseTimeout: '2 hours', heartbeatTimeout, retry });
}

/** one attempt lasts as long as the run that it waits for */
export function waiting(heartbeatTimeout = 10_000): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({ startToCloseTimeout: '7 days', heartbeatTimeout, retry });
}
