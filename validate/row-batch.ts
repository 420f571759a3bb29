import { Field, RecordBatch, Schema, Struct, makeData, Table, tableToIPC } from 'apache-arrow';
import type { EntityPlan } from '../model/columns.js';
import { arrowType, columnBuffer, setBit, setInt128, setInt64 } from './column-buffer.js';
import type { Stored } from './encode.js';
import { fileColumns } from '../columns/table-columns.js';

/** Arrow schema of an entity's files: its columns, then `_row_id` */
function arrowSchema(entity: EntityPlan): Schema {
  return new Schema(
    fileColumns(entity).map((column) => new Field(column.name, arrowType(column.type), column.nullable)),
  );
}

/** a row, each column's value an argument */
export type Append = (...values: Stored[]) => void;

/** rows of one entity; `take` gives them as an Arrow IPC stream of one batch and empties it */
export function rowBatch(entity: EntityPlan) {
  const schema = arrowSchema(entity);
  const columns = fileColumns(entity).map((column) => columnBuffer(column.type));
  const batch = { rows: 0, capacity: 0, grow };

  function grow(): void {
    batch.capacity = Math.max(1024, batch.capacity * 2);
    for (const column of columns) column.reserve(batch.capacity);
  }

  // a line a column: in a loop over columns of many kinds each call would be looked up
  const lines = columns.map(
    (column, n) => `if (a${n} === null) c${n}.setNull(at); else ${column.code(`c${n}`, `a${n}`)}`,
  );
  const code = `'use strict';
const [${columns.map((_, n) => `c${n}`).join(', ')}] = columns;
return (${columns.map((_, n) => `a${n}`).join(', ')}) => {
  const at = batch.rows++;
  if (at === batch.capacity) batch.grow();
  ${lines.join('\n  ')}
};`;
  const given = { batch, columns, setInt64, setInt128, setBit };
  // oxlint-disable-next-line typescript/no-implied-eval -- generated on purpose, of numbers only
  const append = new Function(...Object.keys(given), code)(...Object.values(given)) as Append;

  return {
    append,
    rows: () => batch.rows,
    take(): Uint8Array {
      const children = columns.map((column) => column.finish(batch.rows));
      const data = makeData({ type: new Struct(schema.fields), length: batch.rows, nullCount: 0, children });
      const ipc = tableToIPC(new Table(schema, new RecordBatch(schema, data)), 'stream');
      for (const column of columns) column.reset();
      batch.rows = 0;
      return ipc;
    },
  };
}
