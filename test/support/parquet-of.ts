import { arrowTable, toParquet } from '../../lake/parquet.js';
import type { EntityPlan } from '../../model/columns.js';
import type { ParquetCodec } from '../../model/plan.js';
import { encoder } from '../../validate/encode.js';
import { rowBatch } from '../../validate/row-batch.js';
import { fileColumns } from '../../columns/table-columns.js';
import type { RandomFile } from './random-rows.js';

/** the file that the product writes of these rows, in batches of `batchRows` */
export async function parquetOf(
  { columns, rows }: RandomFile,
  codec: ParquetCodec = 'snappy',
  batchRows = 7,
): Promise<Buffer> {
  const plan: EntityPlan = {
    name: 'random',
    mode: 'append',
    columns,
    key: [],
    order: [],
    allowEmpty: false,
    schemaHash: 'random',
  };
  const encoders = columns.map((column) => encoder(column));
  async function* batches() {
    const batch = rowBatch(plan);
    for (const [at, row] of rows.entries()) {
      batch.append(...row.map(({ value }, column) => encoders[column]?.(value) ?? null), String(at));
      if (batch.rows() === batchRows) yield arrowTable(batch.take());
    }
    if (batch.rows() > 0) yield arrowTable(batch.take());
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of toParquet(batches(), { columns: fileColumns(plan), codec })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
