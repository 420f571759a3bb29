import { dueAt, firstFrom, type Interval } from '../model/interval.js';
import type { RunInput } from '../model/plan.js';
import type { Policy } from '../model/policy.js';

/**
 * ms that a step may go on failing, counted from its first failure; what the definition says holds for every run,
 * a scheduled one else has the time until its next interval is due
 */
export function budgetOf(
  { grid, trigger }: Pick<RunInput, 'grid' | 'trigger'>,
  interval: Interval,
  policy: Pick<Policy, 'retryBudget'> | undefined,
): number | 'unlimited' | undefined {
  if (policy?.retryBudget !== undefined) return policy.retryBudget;
  return trigger === 'schedule' ? timeToNext(grid, interval) : undefined;
}

export function timeToNext(grid: RunInput['grid'], interval: Interval): number {
  return dueAt(grid, firstFrom(grid, Date.parse(interval.end))) - dueAt(grid, interval);
}
