import type { RetryPolicy } from '@temporalio/workflow';
import type { Plan } from '../model/plan.js';
import type { Step } from '../model/steps.js';
import { route, type StepActivities } from './route.js';

// terminal errors come as non-retryable failures
const retry: RetryPolicy = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
  maximumAttempts: 8,
};

/** of one attempt */
const startToCloseTimeout = '2 hours';
/** a step has at least so long, also when its budget is spent */
const leastBudget = 60_000;

/** short work without a heartbeat */
export const { needBuild, cancelRuns, lookOver } = route({
  startToCloseTimeout: '1 minute',
  retry,
});

/** a retry's asks for each object that it takes over; the heartbeat's timeout of the rest is in the plan */
export const { plan } = route({ startToCloseTimeout: '30 minutes', heartbeatTimeout: '30 seconds', retry });

/** long work: the heartbeat's timeout is a setting, how a step is tried the definition's; both are recorded in the plan */
export function steps(
  { heartbeatTimeout, policy }: Pick<Plan, 'heartbeatTimeout' | 'policy'>,
  step?: Step | 'wait',
  giveUpAt?: number,
): StepActivities {
  const given = step && step !== 'wait' ? policy?.retries[step] : undefined;
  const attempts = given?.attempts;
  return route({
    startToCloseTimeout: given?.timeout ?? startToCloseTimeout,
    heartbeatTimeout,
    ...(giveUpAt !== undefined && { scheduleToCloseTimeout: Math.max(leastBudget, giveUpAt - Date.now()) }),
    retry: {
      ...retry,
      ...(given && {
        initialInterval: given.initial,
        maximumInterval: given.maximum,
        backoffCoefficient: given.backoff,
      }),
      ...attemptsOf(attempts, giveUpAt),
    },
  });
}

/** a budget in time ends tries by itself */
function attemptsOf(attempts: number | undefined, giveUpAt: number | undefined): RetryPolicy {
  if (attempts !== undefined) return { maximumAttempts: attempts };
  return giveUpAt === undefined ? {} : { maximumAttempts: Infinity };
}

/** a look that fails is followed by the next one: the server counts them, and history keeps none, however long it takes */
export function looking({ heartbeatTimeout }: Pick<Plan, 'heartbeatTimeout'>, every: number, timeout: number) {
  return route({
    startToCloseTimeout,
    heartbeatTimeout,
    scheduleToCloseTimeout: timeout,
    retry: { initialInterval: every, maximumInterval: every, backoffCoefficient: 1 },
  });
}

/** one attempt lasts as long as the run that it waits for */
export function waiting(heartbeatTimeout = 10_000): StepActivities {
  return route({ startToCloseTimeout: '7 days', heartbeatTimeout, retry });
}
