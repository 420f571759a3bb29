import type { Plan } from '../../model/plan.js';
import type { Pipeline } from '../../define/pipeline.js';
import type { Entity } from '../../validate/entity.js';
import { entityValidator } from '../../validate/validator.js';

/** entities that this run leaves out, and that take the record itself */
export function judgesOf(
  { entities }: Pipeline,
  plan: Plan,
  { areTexts, request }: { areTexts: boolean; request: string | undefined },
) {
  const isLeftOut = (name: string) => !plan.entities.some((entity) => entity.name === name);
  return entities
    .filter((entity) => !entity.rows && isLeftOut(entity.plan.name) && takesRequest(entity, request))
    .map((entity) => ({
      name: entity.plan.name,
      validator: entityValidator(
        withTexts(entity, plan.entities[0]?.superTextBytes),
        () => undefined,
        undefined,
        undefined,
        areTexts,
      ),
    }));
}

/** an entity takes the records of the requests that its `when` names, of every request without it */
export const takesRequest = ({ requests }: Pick<Entity, 'requests'>, request: string | undefined): boolean =>
  requests === undefined || (request !== undefined && requests.includes(request));

/** as the run's warehouse takes them */
export function withTexts(entity: Entity, superTextBytes: number | undefined): Entity {
  return superTextBytes ? { ...entity, plan: { ...entity.plan, superTextBytes } } : entity;
}
