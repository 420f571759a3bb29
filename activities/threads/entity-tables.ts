import { parentsPlan } from '../../columns/parents.js';
import { TerminalError } from '../../model/errors.js';
import type { EntityPlan } from '../../model/columns.js';
import type { Entity } from '../../validate/entity.js';
import { rowBatch } from '../../validate/row-batch.js';
import { entityValidator, type EntityValidator } from '../../validate/validator.js';
import { withTexts } from './judges-of.js';

/** what takes the records of one entity, and has its rows */
export interface EntityTable {
  validator: EntityValidator;
  batch: ReturnType<typeof rowBatch>;
  /** of the records whose rows replace those that they had before */
  parents?: { plan: EntityPlan; batch: ReturnType<typeof rowBatch> };
}

export type EntityTables = ReturnType<typeof entityTables>;

/**
 * validators and buffers of one thread, whose definitions stay as they are. Their code is generated once for an entity,
 * and is fast by the second part: a part takes them, and gives them back once it has ended well
 */
export function entityTables() {
  const kept = new Map<string, EntityTable>();
  const nameOf = (pipeline: string, { name, superTextBytes }: EntityPlan, areTexts: boolean) =>
    JSON.stringify([pipeline, name, superTextBytes, areTexts]);

  return {
    take(pipeline: string, entity: EntityPlan, today: Entity | undefined, areTexts: boolean): EntityTable {
      if (today?.plan.schemaHash !== entity.schemaHash) {
        throw new TerminalError(
          'SchemaMismatch',
          `${pipeline}.${entity.name} was edited after this run was planned; run the interval again`,
        );
      }
      const name = nameOf(pipeline, entity, areTexts);
      const found = kept.get(name);
      kept.delete(name);
      found?.validator.restart();
      return found ?? made(entity, today, areTexts);
    },
    giveBack(pipeline: string, entity: EntityPlan, table: EntityTable, areTexts: boolean): void {
      kept.set(nameOf(pipeline, entity, areTexts), table);
    },
  };
}

function made(entity: EntityPlan, today: Entity, areTexts: boolean): EntityTable {
  const batch = rowBatch(entity);
  const plan = parentsPlan(entity);
  const parents = plan && { plan, batch: rowBatch(plan) };
  const validator = entityValidator(
    withTexts(today, entity.superTextBytes),
    batch.append,
    undefined,
    parents?.batch.append,
    areTexts,
  );
  return { validator, batch, ...(parents && { parents }) };
}
