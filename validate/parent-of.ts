import { z } from 'zod';
import type { EntityPlan } from '../model/columns.js';
import type { Digits } from '../model/digits.js';
import { parsePath } from '../model/field-path.js';
import { encoder, Unstorable, type Stored } from './encode.js';
import { exactSchema } from './exact-schema.js';
import { parentsPlan } from '../columns/parents.js';
import { reasonsOf, tellReason } from './reasons.js';
import { recordColumn } from '../columns/table-columns.js';
import type { RowsOf } from './rows-of.js';
import { valueAt } from '../model/value-at.js';

/** what each row of a record has of it, or why the record gives none */
export type ParentOf = (record: unknown, digits: Digits | undefined) => { values: Stored[] } | { reasons: string[] };

/** reads the columns of an entity's parents, less `_record`, by the fields of its schema: a record may have no row to take them from */
export function parentOf(
  entity: EntityPlan,
  { rows, schema }: { rows?: RowsOf; schema: z.ZodType },
): ParentOf | undefined {
  const plan = parentsPlan(entity);
  if (!plan || typeof rows !== 'object' || !(schema instanceof z.ZodObject)) return undefined;
  const columns = plan.columns.filter((column) => column !== recordColumn);
  const fields = [...new Set(columns.flatMap(({ path: [field] }) => field ?? []))];
  const places = fields.map((field) => [field, parsePath(rows.with?.[field] ?? '')] as const);
  const shape = Object.fromEntries(fields.map((field) => [field, schema.shape[field] as z.ZodType]));
  const own = exactSchema(z.object(shape));
  // the places of digits are those of the record
  const encoders = columns.map((column) => {
    const [field = '', ...within] = column.path;
    const path = [...(places.find(([name]) => name === field)?.[1] ?? []), ...within];
    return { column, encode: encoder({ ...column, path }) };
  });

  return (record, digits) => {
    const given = Object.fromEntries(places.map(([field, path]) => [field, valueAt(record, path)]));
    const checked = own.safeParse(given);
    if (!checked.success) return { reasons: reasonsOf(checked.error.issues).map(tellReason) };
    const values: Stored[] = [];
    for (const { column, encode } of encoders) {
      try {
        values.push(encode(valueAt(checked.data, column.path), digits));
      } catch (error) {
        if (!(error instanceof Unstorable)) throw error;
        return { reasons: [`${column.path.join('.')}: ${error.message}`] };
      }
    }
    return { values };
  };
}
