import type { Digits } from '../../model/digits.js';
import type { Stored } from '../../validate/encode.js';
import type { Entity } from '../../validate/entity.js';
import { entityValidator } from '../../validate/validator.js';

type Verdict = { row: Stored[] } | { reasons: string[] };

/** an entity's validator that shows what it appends: the rows of a record, then the reasons of those refused */
export function verdictsOf(entity: Entity, makeFastPath?: Parameters<typeof entityValidator>[2]) {
  let rows: Stored[][] = [];
  const validator = entityValidator(entity, (...row) => rows.push(row), makeFastPath);
  return {
    ...validator,
    validate(record: unknown, digits?: Digits, isPlain?: boolean): Verdict[] {
      rows = [];
      const refused = validator.validate(record, digits, isPlain);
      return [...rows.map((row) => ({ row })), ...refused.map((reasons) => ({ reasons }))];
    },
  };
}
