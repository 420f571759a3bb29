import type { ObjectStore } from '../../lake/object-store.js';
import { toParquet } from '../../lake/parquet.js';
import { keys, type RunRef } from '../../model/keys.js';
import type { ParquetCodec, StageBatch } from '../../model/plan.js';

export interface EncodeEntityTask {
  run: RunRef;
  entity: string;
  bucket: string;
  stage: StageBatch[];
  codec: ParquetCodec;
}

export interface EncodedEntity {
  files: { key: string; rows: number; bytes: number }[];
}

/** a Parquet file ends with the stage batch that brings it to so many bytes, before compression */
const fileStageBytes = 256 * 1024 * 1024;

/** stage batches in their order, as Parquet files of bounded size; one batch and one row group in memory at a time */
export async function encodeEntity(
  task: EncodeEntityTask,
  sign: () => void,
  store: ObjectStore,
): Promise<EncodedEntity> {
  const { run, entity, bucket, codec } = task;
  const files: EncodedEntity['files'] = [];
  for (const batches of filesOf(task.stage)) {
    const key = keys.processedPart(run, entity, files.length);
    const bytes = await store.upload({ bucket, key }, toParquet(read(batches), codec));
    files.push({ key, rows: batches.reduce((sum, { rows }) => sum + rows, 0), bytes });
  }
  return { files };

  async function* read(batches: StageBatch[]): AsyncIterable<Uint8Array> {
    for (const { key } of batches) {
      yield await store.get({ bucket, key });
      sign();
    }
  }
}

/** cut by what the manifest says, so that the same stage gives the same files */
function filesOf(stage: StageBatch[]): StageBatch[][] {
  const files: StageBatch[][] = [];
  let bytes = Infinity;
  for (const batch of stage) {
    if (bytes >= fileStageBytes) {
      files.push([]);
      bytes = 0;
    }
    files.at(-1)?.push(batch);
    bytes += batch.bytes;
  }
  return files;
}
