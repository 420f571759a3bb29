import type { z } from 'zod';
import type { Digits } from '../model/digits.js';
import type { Drift } from '../model/drift.js';
import { parsePath } from '../model/field-path.js';
import { unknownColumn } from '../columns/columns.js';
import { encoder, Unstorable, type Stored } from './encode.js';
import { exactPlaces } from './exact-places.js';
import { exactSchema } from './exact-schema.js';
import { fastPath } from './fast-path.js';
import { fieldWatch } from './field-watch.js';
import type { Entity } from './entity.js';
import { reasonsOf, tellReason } from './reasons.js';
import type { Append } from './row-batch.js';
import { typedTexts } from './typed-texts.js';
import { keyColumns, keyText, rowId } from './row-id.js';
import { valueAt } from '../model/value-at.js';
import { wholeRecord } from './whole-record.js';

export interface EntityValidator {
  /** false: this entity has no use for the record */
  wants(record: unknown): boolean;
  /**
   * appends the valid rows of the record; the reasons of each other one, the same array where rows share a verdict.
   * `isPlain`: its text has no escape; `rejectedBy`: the entity that rejected the record, which then gives no rows
   */
  validate(record: unknown, digits?: Digits, isPlain?: boolean, rejectedBy?: string): string[][];
  /** rows that needed no look by zod */
  fast(): number;
  /** how the rows so far differed from the schema; undefined when there were none */
  drift(): Drift | undefined;
  /** of another part from now on: what it counted is forgotten */
  restart(): void;
}

/** what the fast path does not prove, zod decides */
export function entityValidator(
  entity: Entity,
  append: Append,
  makeFastPath = fastPath,
  appendParent: Append = () => undefined,
  /** records are rows of texts */
  areTexts = false,
): EntityValidator {
  const { plan, schema, when, rows, known, unknownFields } = entity;
  const encoders = plan.columns.map((column) => ({ column, encode: encoder(column, plan.superTextBytes) }));
  const keyAt = keyColumns(plan);
  const conditions = Object.entries(when).map(([path, value]) => ({ path: parsePath(path), values: [value].flat() }));

  let exact: z.ZodType | undefined;
  const places = exactPlaces(entity);
  const watch = fieldWatch(known);
  // where one record makes many rows, none is kept when the next cannot be made
  const made: Stored[][] = [];
  const keep: Append = rows ? (...row) => made.push(row) : append;
  const settle = wholeRecord(entity, append, appendParent);
  const prove = makeFastPath(entity, watch, keep);
  const typed = areTexts ? typedTexts(schema) : undefined;
  let proven = 0;

  function validateRow(given: unknown, known: Digits | undefined, isPlain: boolean): string[] | undefined {
    const { value: candidate, digits } = typed ? typed(given) : { value: given, digits: known };
    if ((digits && places.needs(digits)) || !prove(candidate, isPlain)) return askZod(candidate, digits);
    proven++;
    return undefined;
  }

  function askZod(candidate: unknown, digits: Digits | undefined): string[] | undefined {
    const unknown = watch.unknownIn(candidate);
    const reasons = unknown && unknownFields === 'reject' ? watch.namesIn(unknown).map(tellUnknown) : [];
    exact ??= exactSchema(schema);
    const checked = exact.safeParse(candidate);
    if (!checked.success) {
      const wrong = reasonsOf(checked.error.issues);
      watch.retyped(candidate, wrong);
      return [...reasons, ...wrong.map(tellReason)];
    }
    const row = encoders.map(({ column, encode }) => {
      try {
        return encode(column === unknownColumn ? unknown : valueAt(checked.data, column.path), digits);
      } catch (error) {
        if (!(error instanceof Unstorable)) throw error;
        reasons.push(`${column.path.join('.') || column.name}: ${error.message}`);
        return null;
      }
    });
    if (reasons.length > 0) return reasons;
    keep(...row, rowId(keyAt.map((at) => keyText(row[at] ?? null)).join('')));
    return undefined;
  }

  function validateRows(candidates: unknown[], record: unknown, digits: Digits | undefined, isPlain: boolean) {
    const refused: string[][] = [];
    const placed = digits && rows?.place?.(digits, record);
    made.length = 0;
    for (const [at, row] of candidates.entries()) {
      const own = placed ? placed[at] : row === record ? digits : undefined;
      const lost = digits && !placed && row !== record ? places.lost(row, digits) : undefined;
      const reasons = lost === undefined ? validateRow(row, own, isPlain && row === record) : [tellLost(lost)];
      if (reasons) refused.push(reasons);
    }
    if (settle) return settle(record, digits, made, refused);
    for (const row of made) append(...row);
    return refused;
  }

  return {
    wants: (record) => conditions.every(({ path, values }) => values.includes(valueAt(record, path) as string)),
    validate(record, digits, isPlain = false, rejectedBy) {
      try {
        if (rows && rejectedBy !== undefined) return refuseAll(rows.make(record), rejectedBy);
        if (rows) return validateRows(rows.make(record), record, digits, isPlain);
        const reasons = validateRow(record, digits, isPlain);
        return reasons ? [reasons] : none;
      } catch (error) {
        return [[`the record gives no rows: ${error instanceof Error ? error.message : String(error)}`]];
      }
    },
    fast: () => proven,
    drift: watch.drift,
    restart: watch.restart,
  };
}

const none: string[][] = [];

function refuseAll(candidates: readonly unknown[], rejectedBy: string): string[][] {
  const reasons = [`${rejectedBy} rejected the record, so that none of its rows load`];
  return candidates.map(() => reasons);
}

function tellLost(number: string): string {
  return `${number} has more digits than a double, which rows() cannot keep: use rows: { each, with, index }`;
}

function tellUnknown(field: string): string {
  return `${field}: is not declared by the schema, whose unknownFields is 'reject'`;
}
