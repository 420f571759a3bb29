import { unknownColumn } from '../columns/columns.js';
import { encoder, Unstorable } from './encode.js';
import { prove } from './fast-checks.js';
import { fastMicros, fits, refused } from './fast-values.js';
import type { FieldWatch } from './field-watch.js';
import { hasProto } from './own-names.js';
import type { Entity } from './entity.js';
import type { Append } from './row-batch.js';
import { keyColumns, keyText, rowId, withoutTrailingBlanks } from './row-id.js';

/** appends a row as it is stored, its `_row_id` last; false when it is not proven valid, which zod then decides */
export type FastPath = (row: unknown, isPlain: boolean) => boolean;

/**
 * code that checks and converts a row in one go. it takes what the generated checks prove, asks zod for parts of the
 * schema that it has no check for, and counts the fields of the rows it takes.
 * of a definition, only numbers and JSON strings are written into the code; everything else is handed in
 */
export function fastPath(
  { plan, schema, known, unknownFields: mode }: Entity,
  watch: FieldWatch,
  append: Append,
): FastPath {
  const constants: unknown[] = [];
  let last = 0;
  const body = prove(schema, 'row', [], known, {
    constant: (value) => `k[${constants.push(value) - 1}]`,
    local: () => `v${++last}`,
    encoder: (column) => encoder(column, plan.superTextBytes),
    columns: new Map(
      plan.columns.flatMap((column, at) =>
        column === unknownColumn ? [] : [[JSON.stringify(column.path), { column, at }]],
      ),
    ),
    isStored: false,
    onUnknown: mode === 'ignore' ? 'isKnown = false;' : 'return false;',
  });
  const values = plan.columns.map((_, at) => `a${at}`);
  const required = plan.columns.flatMap(({ nullable }, at) => (nullable ? [] : [`a${at} === null`]));
  // one template: pieces that are added one by one cost the hash more than itself
  const isText = (at: number) => plan.columns[at]?.type.kind === 'varchar' && !plan.columns[at].nullable;
  const keys = keyColumns(plan);
  const trimmed = keys.filter(isText).map((at) => `const t${at} = withoutTrailingBlanks(a${at});`);
  const key = keys.map((at) => (isText(at) ? `\${t${at}.length}:\${t${at}},` : `\${keyText(a${at})}`));
  const code = `'use strict';
return (row, isPlain) => {
  let isKnown = true${values.map((name) => `, ${name} = null`).join('')};
  try {
${body}
  } catch (error) {
    if (error instanceof Unstorable) return false;
    throw error;
  }
  if (${[...required, 'false'].join(' || ')}) return false;
  if (isKnown) watch.count(row);
  else watch.unknownIn(row);
  ${trimmed.join(' ')}
  append(${[...values, `rowId(\`${key.join('')}\`)`].join(', ')});
  return true;
};`;
  const given = {
    k: constants,
    watch,
    append,
    Unstorable,
    rowId,
    keyText,
    withoutTrailingBlanks,
    fits,
    fastMicros,
    refused,
    hasProto,
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- generated on purpose, see above
  return new Function(...Object.keys(given), code)(...Object.values(given)) as FastPath;
}
