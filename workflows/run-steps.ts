import { isCancellation } from '@temporalio/workflow';
import type { Failure } from '../model/run-result.js';
import type { Step } from '../model/steps.js';
import type { ObjectRef, RunPlan } from '../model/plan.js';
import type { Resolved } from '../model/resolution.js';
import type { StepOutcome } from '../model/step-outcome.js';
import { limitsOf, steps } from './activities.js';
import { failureOf } from './failure.js';
import { liveTable } from './live-table.js';
import type { parking } from './park.js';
import type { StepActivities } from './route.js';

export interface StepsOptions {
  plan: RunPlan;
  /** ms that a step may go on failing; one without is tried as often as its definition says */
  budget: number | 'unlimited' | undefined;
  park: ReturnType<typeof parking> | undefined;
  /** `again`: how often the step was parked before */
  onParked(failure: Failure, again: number): Promise<void>;
  onFailure(failure: Failure, isSkipped: boolean): void;
}

/** told already, in the table and in the state */
export class StepFailed extends Error {}

/** runs steps one at a time or side by side, each told in the live table, parked if the policy says so */
export function runSteps({ plan, budget, park, onParked, onFailure }: StepsOptions) {
  const table = liveTable(plan.params, park?.isWaiting);
  /** what an earlier run did */
  const reused = (step: Step, manifest: ObjectRef) =>
    table.show({ step, state: 'reused', told: `from run ${plan.reuse?.run ?? ''}`, manifest });
  /** how a step shows that it waits for a slot of its pool */
  const waitingFor = (step: Step) => ({
    onWaiting(told: string) {
      table.enter('waiting');
      table.show({ step, state: 'waiting', told });
    },
    onGranted() {
      table.enter(step);
      table.show({ step, state: 'running' });
    },
  });
  return { doStep, reused, waitingFor, budget, table };

  async function doStep<T>(
    step: Step | 'wait',
    work: (activities: StepActivities, tell: (told: string) => void) => Promise<T>,
    tell: (result: T) => string,
    entity?: string,
  ): Promise<T> {
    const resolved: Resolved[] = [];
    const show = (line: Pick<StepOutcome, 'state' | 'told' | 'manifest'>) =>
      table.show({ step, ...(entity && { entity }), ...line, ...(resolved.length > 0 && { resolved: [...resolved] }) });
    const name = entity ? `${step} ${entity}` : step;
    for (let again = 0; ; again++) {
      table.enter(step);
      show({ state: 'running' });
      try {
        const result = await work(steps(plan, step, budget), (told) => show({ state: 'running', told }));
        const manifest = (result as { manifest?: ObjectRef } | undefined)?.manifest;
        show({ state: 'done', told: tell(result), ...(manifest && { manifest }) });
        return result;
      } catch (error) {
        if (isCancellation(error)) throw error;
        const failure = failureOf(step, error, entity, limitsOf(plan, step));
        const told = failure.message.slice(0, 200);
        if (park) {
          show({ state: 'parked', told });
          await onParked(failure, again);
        }
        const given = await park?.wait(name, failure, () => table.enter(step));
        if (given) resolved.push(given);
        if (given?.answer === 'retry') continue;
        const isSkipped = given?.answer === 'skip';
        show({ state: isSkipped ? 'skipped' : 'failed', told });
        if (park) table.enter(step);
        onFailure(failure, isSkipped);
        throw new StepFailed();
      }
    }
  }
}
