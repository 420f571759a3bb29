import { condition, defineUpdate, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { attributes } from '../model/attributes.js';
import type { Failure } from '../model/plan.js';
import { resolutions, type Resolution } from '../model/resolution.js';

const resolveUpdate = defineUpdate<string[], [Resolution]>('resolve');

/** failed steps that wait for a person: one answer is for all that wait */
export function parking(parkFor: number) {
  const parked = new Map<string, Failure>();
  let answers = 0;
  let answer: Resolution = 'fail';
  setHandler(
    resolveUpdate,
    (given) => {
      answer = given;
      answers++;
      const freed = [...parked.keys()];
      parked.clear();
      return freed;
    },
    {
      validator(given) {
        if (!resolutions.includes(given)) throw new Error(`resolve takes ${resolutions.join(', ')}, got ${given}`);
        if (parked.size === 0) throw new Error('no step is parked');
      },
    },
  );
  return {
    /** whether a step waits for a person */
    isWaiting: () => parked.size > 0,
    /** fails by itself when nobody answers in time */
    async wait(name: string, failure: Failure): Promise<Resolution> {
      const before = answers;
      parked.set(name, failure);
      upsertSearchAttributes([{ key: attributes.Step, value: 'parked' }]);
      const isAnswered = await condition(() => answers > before, parkFor);
      parked.delete(name);
      return isAnswered ? answer : 'fail';
    },
  };
}
