import { getJson, type ObjectStore } from '../lake/object-store.js';
import type { ObjectRef, Plan } from '../model/plan.js';
import { alive } from './alive.js';
import type { Activities, Step, Steps } from './types.js';

/** activities that get a reference of the run's plan, of steps that work by the plan itself */
export function stepsByPlan(store: ObjectStore, steps: Steps): Pick<Activities, keyof Steps> {
  const byPlan =
    <Name extends keyof Steps>(step: Step<Name>) =>
    async ({ plan, ...input }: Parameters<Activities[Name]>[0]) =>
      step({ ...input, plan: await read(store, plan) });
  const named = Object.entries(steps).map(([name, step]) => [name, byPlan(step as Step<keyof Steps>)]);
  return Object.fromEntries(named) as Pick<Activities, keyof Steps>;
}

const read = (store: ObjectStore, plan: ObjectRef) => alive(() => getJson<Plan>(store, plan));
