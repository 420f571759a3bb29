import { Field, RecordBatch, Schema, Struct, makeData, Table, tableToIPC } from 'apache-arrow';
import type { EntityPlan } from '../model/columns.js';
import { arrowType, columnBuffer } from './column-buffer.js';
import type { Stored } from './encode.js';
import { fileColumns } from './table-columns.js';

/** Arrow schema of an entity's files: its columns, then `_row_id` */
function arrowSchema(entity: EntityPlan): Schema {
  return new Schema(
    fileColumns(entity).map((column) => new Field(column.name, arrowType(column.type), column.nullable)),
  );
}

/** rows of one entity; `take` gives them as an Arrow IPC stream of one batch and empties it */
export function rowBatch(entity: EntityPlan) {
  const schema = arrowSchema(entity);
  const columns = fileColumns(entity).map((column) => columnBuffer(column.type));
  let rows = 0;
  return {
    append(values: Stored[]) {
      for (let at = 0; at < columns.length; at++) columns[at]?.append(values[at] ?? null);
      rows++;
    },
    rows: () => rows,
    take(): Uint8Array {
      const children = columns.map((column) => column.finish());
      const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children });
      const ipc = tableToIPC(new Table(schema, new RecordBatch(schema, data)), 'stream');
      for (const column of columns) column.reset();
      rows = 0;
      return ipc;
    },
  };
}
