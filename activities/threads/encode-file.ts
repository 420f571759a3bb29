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

/** stage batches in their order, as one Parquet file; two batches and one row group in memory at a time */
export async function encodeFile(
  { run, entity, bucket, file, batches, form }: EncodeFileTask,
  sign: () => void,
  store: ObjectStore,
): Promise<ParquetFile> {
  const key = keys.processedPart(run, entity, file);
  const bytes = await store.upload({ bucket, key }, toParquet(read(), form));
  return { key, rows: batches.reduce((sum, { rows }) => sum + rows, 0), bytes };

  async function* read(): AsyncIterable<Uint8Array> {
    // the next one is on its way while one is encoded
    let coming = fetched(0);
    for (const at of batches.keys()) {
      const batch = await coming;
      coming = fetched(at + 1);
      if (batch) yield batch;
      sign();
    }
  }

  function fetched(at: number): Promise<Uint8Array | undefined> {
    const key = batches[at]?.key;
    const batch = key === undefined ? Promise.resolve(undefined) : store.get({ bucket, key });
    // thrown where it is awaited
    batch.catch(() => undefined);
    return batch;
  }
}
