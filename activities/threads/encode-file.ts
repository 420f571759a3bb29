import type { ObjectStore } from '../../lake/object-store.js';
import { toParquet, type FileForm } from '../../lake/parquet.js';
import { keys, type RunRef } from '../../model/keys.js';
import type { ParquetFile, StageBatch } from '../../model/plan.js';

export interface EncodeFileTask {
  run: RunRef;
  entity: string;
  bucket: string;
  /** its place among the entity's files */
  file: number;
  batches: StageBatch[];
  form: FileForm;
}

/** stage batches in their order, as one Parquet file; one batch and one row group in memory at a time */
export async function encodeFile(
  { run, entity, bucket, file, batches, form }: EncodeFileTask,
  sign: () => void,
  store: ObjectStore,
): Promise<ParquetFile> {
  const key = keys.processedPart(run, entity, file);
  const bytes = await store.upload({ bucket, key }, toParquet(read(), form));
  return { key, rows: batches.reduce((sum, { rows }) => sum + rows, 0), bytes };

  async function* read(): AsyncIterable<Uint8Array> {
    for (const { key } of batches) {
      yield await store.get({ bucket, key });
      sign();
    }
  }
}
