import { tableFromIPC } from 'apache-arrow';
import type { ObjectStore } from '../../lake/object-store.js';
import { toParquet } from '../../lake/parquet.js';
import { keys, type RunRef } from '../../model/keys.js';

export interface EncodeEntityTask {
  run: RunRef;
  entity: string;
  bucket: string;
  stage: { key: string; rows: number }[];
}

export interface EncodedEntity {
  files: { key: string; rows: number; bytes: number }[];
  distinctRows: number;
}

/** one Parquet file a stage part, one part in memory at a time */
export async function encodeEntity(
  task: EncodeEntityTask,
  sign: () => void,
  store: ObjectStore,
): Promise<EncodedEntity> {
  const { run, entity, bucket } = task;
  const ids = new Set<string>();
  const files: EncodedEntity['files'] = [];
  for (const [part, { key: stageKey, rows }] of task.stage.entries()) {
    const ipc = await store.get({ bucket, key: stageKey });
    for (const id of tableFromIPC(ipc).getChild('_row_id') ?? []) ids.add(String(id));
    const parquet = toParquet(ipc);
    sign();
    const key = keys.processedPart(run, entity, part);
    await store.put({ bucket, key }, parquet);
    files.push({ key, rows, bytes: parquet.length });
    sign();
  }
  return { files, distinctRows: ids.size };
}
