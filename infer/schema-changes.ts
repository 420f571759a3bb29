import type { Column } from '../model/columns.js';
import type { Known } from '../columns/known-fields.js';
import { fieldDraft, type DraftField } from './draft.js';
import { renderField } from './render-fields.js';
import type { Shape } from './shape.js';

/** what a definition would say of a field, by what came lately */
export interface SchemaChange {
  field: string;
  change: 'new' | 'longer' | 'rejected' | 'never came';
  why: string;
  /** the line of the schema; absent where there is none to write */
  line?: string;
}

/** what zod said of one field */
export interface FieldRejections {
  count: number;
  /** of the first one */
  message: string;
}

interface Compared {
  columns: Column[];
  known: Known;
  /** of the rows that came */
  rows: Shape;
  /** by the field's path, its names with dots between */
  rejections: Map<string, FieldRejections>;
}

/** the fields of an entity that rows of late do not fit, each with the line that takes them */
export function schemaChanges({ columns, known, rows, rejections }: Compared): SchemaChange[] {
  const changes: SchemaChange[] = [];
  compare(known, rows, []);
  return changes;

  function compare(known: Known, shape: Shape, path: string[]): void {
    const { objects } = shape;
    if (!objects || objects.fields === 'many' || !known.fields) return;
    for (const [name, own] of objects.fields) {
      const here = [...path, name];
      const declared = known.fields.get(name);
      if (!declared) {
        const line = lineOf(here, own, objects.count, true);
        changes.push({ field: here.join('.'), change: 'new', why: `in ${own.values} of ${objects.count}`, line });
        continue;
      }
      if (!declared.isStored) continue;
      const column = columns.find((one) => one.path.join('\0') === here.join('\0'));
      const rejected = rejections.get(here.join('.'));
      const longest = own.texts?.longest ?? 0;
      if (rejected) {
        const why = `${rejected.message}, ${rejected.count} times`;
        changes.push({
          field: here.join('.'),
          change: 'rejected',
          why,
          line: lineOf(here, own, objects.count, column?.nullable),
        });
      } else if (column?.type.kind === 'varchar' && longest > column.type.bytes) {
        const why = `${longest} bytes came, the column takes ${column.type.bytes}: then \`waterclock migrate --apply\``;
        changes.push({
          field: here.join('.'),
          change: 'longer',
          why,
          line: lineOf(here, own, objects.count, column?.nullable),
        });
      } else if (own.objects) compare(declared, own, here);
    }
    for (const [name, declared] of known.fields) {
      if (objects.fields.has(name) || !declared.isStored) continue;
      const here = [...path, name].join('.');
      const rejected = rejections.get(here);
      const why = rejected ? `${rejected.message}, ${rejected.count} times` : `in none of ${objects.count}`;
      changes.push({ field: here, change: rejected ? 'rejected' : 'never came', why });
    }
  }
}

/** a column that is added takes null, since the rows that are there have none; one that took null does so still */
function lineOf(path: string[], shape: Shape, parents: number, mayBeNull = false): string {
  const field: DraftField = fieldDraft(path.at(-1) ?? '', shape, parents, path.length - 1);
  const drafted = mayBeNull ? { ...field, isNullable: true, isOptional: true } : field;
  return renderField(drafted, '').join('\n');
}
