import type { z } from 'zod';
import type { Known } from '../columns/known-fields.js';
import type { EntityPlan } from '../model/columns.js';
import type { UnknownFields } from '../model/drift.js';
import type { ParentOf } from './parent-of.js';
import type { RowMaker } from './rows-of.js';

/** path of a field -> value or values that a record must have there */
export type When = Record<string, string | string[]>;

/** what records are judged by and become rows of */
export interface Entity {
  plan: EntityPlan;
  schema: z.ZodType;
  description: string;
  unknownFields: UnknownFields;
  /** what the schema declares, as records hold it */
  known: Known;
  when: When;
  rows?: RowMaker;
  /** reads what identifies the record, where its rows replace those that it had before */
  parent?: ParentOf;
}
