import { z } from 'zod';
import type { Column } from '../model/columns.js';
import { maxColumns } from './check-columns.js';
import { parentsName } from '../columns/parents.js';
import type { EntityOptions } from './options.js';

/** columns of the key that come from the record, where its rows replace those that it had before; undefined where they do not */
export function parentKeyOf({ rows, key = [] }: EntityOptions, columns: Column[]): string[] | undefined {
  if (typeof rows !== 'object' || !rows.replace) return undefined;
  const ofRecord = namesOfRecord(rows.with, columns);
  return key.filter((name) => ofRecord.includes(name));
}

/** what is wrong with `rows: { replace: true }`, each with its remedy */
export function rowsProblems(options: EntityOptions, columns: Column[]): string[] {
  const { rows, mode, key = [], order = [], schema, name } = options;
  const parentKey = parentKeyOf(options, columns);
  if (typeof rows !== 'object' || !parentKey) return [];
  if (mode !== 'merge') {
    return [`has replace, which is for mode merge, not ${mode}: choose mode merge, or leave replace out`];
  }
  const problems: string[] = [];
  const ofRecord = namesOfRecord(rows.with, columns);
  const names = ofRecord.join(', ') || 'none';
  if (parentKey.length === 0) {
    problems.push(
      `has replace, but no column of the key (${key.join(', ')}) comes from the record by with (${names}): add the record's own id to with, and its column to the key`,
    );
  } else if (parentKey.length === key.length) {
    problems.push(
      `has replace, but the key (${key.join(', ')}) has columns of the record only, so that it could have one row: add a column of the item, or index, to the key`,
    );
  }
  for (const column of order.filter((name) => !ofRecord.includes(name))) {
    problems.push(
      `has replace, but order names ${column}, which does not come from the record by with (${names}): the rows of a record are newer together, add its field to with`,
    );
  }
  if (!(schema instanceof z.ZodObject)) {
    problems.push(
      'has replace, which needs a schema that is a z.object: what the record gives is read alone where it has no rows',
    );
  }
  if (columns.length >= maxColumns) {
    problems.push(`has replace, whose column _record is one too many beside ${columns.length}: keep some in SUPER`);
  }
  if (Buffer.byteLength(parentsName(name)) > 63) {
    problems.push(
      `has replace, whose table ${parentsName(name)} would have a name of more than 63 bytes: shorten the entity's`,
    );
  }
  return problems;
}

function namesOfRecord(added: Record<string, string> = {}, columns: Column[]): string[] {
  return columns.filter(({ path: [field = ''] }) => Object.hasOwn(added, field)).map(({ name }) => name);
}
