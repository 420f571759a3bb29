import { ActivityCancellationType, type ActivityOptions, type RetryPolicy } from '@temporalio/workflow';
import type { Plan, RunPlan } from '../model/plan.js';
import type { AlertChannel, StepRetry } from '../model/policy.js';
import type { Step } from '../model/steps.js';
import { route, type StepActivities } from './route.js';
import { withinBudget } from './tries.js';

// terminal errors come as non-retryable failures
const retry = {
  initialInterval: 1_000,
  backoffCoefficient: 2,
  maximumInterval: 60_000,
  maximumAttempts: 8,
} satisfies RetryPolicy;

/** ms of one attempt */
const attemptTimeout = 7_200_000;
/** ms; a retry's plan asks for each object that it takes over */
const planTimeout = 1_800_000;

/** short work without a heartbeat */
const short = route({ startToCloseTimeout: '1 minute', retry });
export const { needBuild, cancelRuns, watchedPipelines, noteLate, listedIntervals } = short;

/** a run that waits for its slot does not fail of it */
export const { askForSlot } = route({
  startToCloseTimeout: '1 minute',
  retry: { ...retry, maximumAttempts: Infinity },
});

/** by the definition if a worker knows it, else by what workers can reach; always somewhere */
export function unplannedChannels(pipeline: string): Promise<AlertChannel[]> {
  return short.alertChannels({ pipeline }).catch(() => ['log']);
}

/**
 * a look at one pipeline. A slow or broken one gives its place up well before the next look, which would be left out
 * otherwise
 */
export const { lookAt } = route({
  startToCloseTimeout: '90 seconds',
  scheduleToCloseTimeout: '3 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { ...retry, maximumAttempts: 3 },
});

/** the definition says nothing yet: a scheduled run plans until its next interval is due */
export function planning(budget?: number): StepActivities {
  const options = { startToCloseTimeout: planTimeout, heartbeatTimeout: '30 seconds' as const };
  return triedFor(options, planTimeout, tryingOf(undefined, budget), budget);
}

type Planned = Pick<RunPlan, 'heartbeatTimeout' | 'policy' | 'fromProgram'>;

/** long work: the heartbeat's timeout is a setting, how a step is tried the definition's; both are recorded in the plan */
export function steps(plan: Planned, step?: Step | 'wait', budget?: number | 'unlimited'): StepActivities {
  const { startToCloseTimeout, heartbeatTimeout } = limitsOf(plan, step);
  const trying = tryingOf(step && step !== 'wait' ? plan.policy?.retries[step] : undefined, budget);
  const options = { startToCloseTimeout, heartbeatTimeout, ...(runsTask(plan, step) && endsFirst) };
  return triedFor(options, startToCloseTimeout, trying, budget);
}

/** a cancelled run ends once its task has */
const endsFirst = { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED };

const runsTask = ({ fromProgram }: Planned, step: string | undefined) =>
  step === 'before' || step === 'after' || (step === 'extract' && fromProgram === true);

/** ms that one attempt may take, and be silent */
export function limitsOf({ heartbeatTimeout, policy }: Planned, step?: string) {
  const given = policy?.retries[step as Step];
  return { startToCloseTimeout: given?.timeout ?? attemptTimeout, heartbeatTimeout };
}

/** what a policy says of tries; those that it names have no end but theirs, the default of runs without a budget has one */
export function tryingOf(given: StepRetry | undefined, budget: number | 'unlimited' | undefined) {
  return {
    initialInterval: given?.initial ?? retry.initialInterval,
    backoffCoefficient: given?.backoff ?? retry.backoffCoefficient,
    maximumInterval: given?.maximum ?? retry.maximumInterval,
    maximumAttempts:
      given?.attempts ?? (given === undefined && budget === undefined ? retry.maximumAttempts : Infinity),
  };
}

function triedFor(
  options: ActivityOptions,
  timeout: number,
  retry: ReturnType<typeof tryingOf>,
  budget: number | 'unlimited' | undefined,
): StepActivities {
  if (typeof budget !== 'number') return route({ ...options, retry });
  return route(options, withinBudget({ retry, timeout, budget }));
}

/** a look that fails is followed by the next one: the server counts them, and history keeps none, however long it takes */
export function looking({ heartbeatTimeout }: Pick<Plan, 'heartbeatTimeout'>, every: number, timeout: number) {
  return route({
    startToCloseTimeout: attemptTimeout,
    heartbeatTimeout,
    scheduleToCloseTimeout: timeout,
    retry: { initialInterval: every, maximumInterval: every, backoffCoefficient: 1 },
  });
}

/** of five; in a queue behind those that wait for runs, looks and alerts would wait for as many runs */
const lastPriority = 5;

/** one attempt lasts as long as the run that it waits for */
export function waiting(heartbeatTimeout = 10_000): StepActivities {
  const options = { startToCloseTimeout: '7 days', heartbeatTimeout, retry } as const;
  const { ensureRun } = route({ ...options, priority: { priorityKey: lastPriority } });
  return { ...route(options), ensureRun };
}
