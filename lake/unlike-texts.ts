import { DataType, tableFromIPC } from 'apache-arrow';
import type { Table } from 'parquet-wasm';

/** rows that are looked at */
const sample = 1_024;
/** distinct ones among the values of a sample: with so many a dictionary would hold most of the column */
const unlikeShare = 0.95;

/** names of the text columns whose values seldom repeat, by the first rows of a table */
export function unlikeTexts(table: Table): string[] {
  const first = table.recordBatch(0);
  if (!first) return [];
  const [batch] = tableFromIPC(first.slice(0, Math.min(sample, first.numRows)).intoIPCStream()).batches;
  first.free();
  if (!batch) return [];
  return batch.schema.fields.flatMap(({ name, type }, at) => {
    const column = batch.data.children[at];
    if (!column || !(DataType.isUtf8(type) || DataType.isBinary(type))) return [];
    const offsets = column.valueOffsets as Int32Array;
    const bytes = Buffer.from(column.values.buffer, column.values.byteOffset, column.values.byteLength);
    const values = new Set<string>();
    let found = 0;
    for (let row = 0; row < column.length; row++) {
      const [from = 0, to = 0] = [offsets[row], offsets[row + 1]];
      if (from === to) continue;
      values.add(bytes.toString('latin1', from, to));
      found++;
    }
    return found > 0 && values.size >= found * unlikeShare ? [name] : [];
  });
}
