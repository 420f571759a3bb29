import { condition, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Failure } from '../model/run-result.js';
import { resolutionProblem, type Reason, type Resolution, type Resolved } from '../model/resolution.js';

const resolveUpdate = defineUpdate<string[], [Resolution, Reason | null | undefined]>('resolve');

/** failed steps that wait for a person: one answer is for all that wait */
export function parking(parkFor: number) {
  const parked = new Map<string, Failure>();
  let answers = 0;
  let last: Resolved | undefined;
  setHandler(
    resolveUpdate,
    (answer, reason) => {
      const { by, note } = reason ?? {};
      last = { answer, ...(by && { by }), ...(note && { note }), at: new Date(Date.now()).toISOString() };
      answers++;
      const freed = [...parked.keys()];
      parked.clear();
      return freed;
    },
    {
      validator(answer, reason) {
        const problem = resolutionProblem(answer, reason);
        if (problem) throw new Error(problem);
        if (parked.size === 0) throw new Error('no step is parked');
      },
    },
  );
  return {
    /** whether a step waits for a person */
    isWaiting: () => parked.size > 0,
    /** undefined when nobody answers in time; `onWaiting`: it is one that waits by then */
    async wait(name: string, failure: Failure, onWaiting: () => void): Promise<Resolved | undefined> {
      const before = answers;
      parked.set(name, failure);
      onWaiting();
      const isAnswered = await condition(() => answers > before, parkFor);
      parked.delete(name);
      return isAnswered ? last : undefined;
    },
  };
}
