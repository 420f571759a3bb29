import { createHash } from 'node:crypto';
import type { Digits } from '../model/digits.js';
import type { Drift } from '../model/drift.js';
import { unknownColumn } from './columns.js';
import { encoder, Unstorable, type Stored } from './encode.js';
import { fieldWatch } from './field-watch.js';
import type { Entity } from './pipeline.js';
import { reasonsOf, tellReason } from './reasons.js';
import { valueAt } from './value-at.js';

type Verdict = { row: Stored[] } | { reasons: string[] };

export interface EntityValidator {
  /** false: this entity has no use for the record */
  wants(record: unknown): boolean;
  /** one verdict a row of the record */
  validate(record: unknown, digits?: Digits): Verdict[];
  /** how the rows so far differed from the schema; undefined when there were none */
  drift(): Drift | undefined;
}

export function entityValidator({ plan, schema, when, rows, known, unknownFields }: Entity): EntityValidator {
  const encoders = plan.columns.map((column) => ({ column, encode: encoder(column) }));
  const keyAt = (plan.key.length > 0 ? plan.key : plan.columns.map((column) => column.name)).map((name) =>
    plan.columns.findIndex((column) => column.name === name),
  );
  const conditions = Object.entries(when).map(([path, value]) => ({ path: path.split('.'), values: [value].flat() }));

  const isExact = plan.columns.some(({ type: { kind } }) => kind === 'decimal' || kind === 'super');
  const watch = fieldWatch(known);

  function validateRow(candidate: unknown, digits: Digits | undefined): Verdict {
    const unknown = watch.unknownIn(candidate);
    const reasons = unknown && unknownFields === 'reject' ? watch.namesIn(unknown).map(tellUnknown) : [];
    const checked = schema.safeParse(candidate);
    if (!checked.success) {
      const wrong = reasonsOf(checked.error.issues);
      watch.retyped(candidate, wrong);
      return { reasons: [...reasons, ...wrong.map(tellReason)] };
    }
    const row = encoders.map(({ column, encode }) => {
      try {
        return encode(column === unknownColumn ? unknown : valueAt(checked.data, column.path), digits);
      } catch (error) {
        if (!(error instanceof Unstorable)) throw error;
        reasons.push(`${column.path.join('.')}: ${error.message}`);
        return null;
      }
    });
    if (reasons.length > 0) return { reasons };
    row.push(rowId(keyAt.map((at) => row[at] ?? null)));
    return { row };
  }

  return {
    wants: (record) => conditions.every(({ path, values }) => values.includes(valueAt(record, path) as string)),
    validate(record, digits) {
      try {
        return rows(record).map((row) => {
          if (digits && row !== record && isExact) return { reasons: [tellDigits(digits)] };
          return validateRow(row, digits);
        });
      } catch (error) {
        return [{ reasons: [`the record gives no rows: ${error instanceof Error ? error.message : String(error)}`] }];
      }
    },
    drift: watch.drift,
  };
}

/** the places of the digits are those of the record */
function tellDigits(digits: Digits): string {
  const [[path, number] = []] = digits;
  return `${path}: ${number} has more digits than a double, which rows() cannot keep`;
}

function tellUnknown(field: string): string {
  return `${field}: is not declared by the schema, whose unknownFields is 'reject'`;
}

/** 128 bits of a hash of the key's stored values */
function rowId(values: Stored[]): string {
  const parts = values.map((value) => (typeof value === 'bigint' ? String(value) : value));
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
