import { getJson, type ObjectStore } from '../lake/object-store.js';
import { TerminalError } from '../model/errors.js';
import { keys, superseded, type RunRef } from '../model/keys.js';
import type { ParquetManifest } from '../model/plan.js';
import type { Warehouse } from '../warehouse/data-api.js';
import { newestLoads } from '../warehouse/newest-loads.js';

/** tags the files that the loaded ones of this run have replaced; by the ledger, so that two runs at once never tag what is loaded */
export async function markSuperseded(
  store: ObjectStore,
  warehouse: Warehouse,
  run: RunRef,
  loaded: ParquetManifest,
): Promise<void> {
  // loaded again by a later run: they may carry the tag
  if (loaded.run.runId !== run.runId) await tag(store, loaded, {});
  const [newest, earlier] = await newestLoads(warehouse, run, loaded.entity);
  if (newest !== run.runId || earlier === undefined || earlier === loaded.run.runId) return;
  const replaced = await manifestOf(
    store,
    loaded.bucket,
    keys.step({ ...run, runId: earlier }, 'parquet', loaded.entity),
  );
  if (replaced) await tag(store, replaced, superseded);
}

async function tag(
  store: ObjectStore,
  { bucket, files }: ParquetManifest,
  tags: Record<string, string>,
): Promise<void> {
  for (const { key } of files) await store.tag({ bucket, key }, tags);
}

/** absent for a run that loaded the files of another */
async function manifestOf(store: ObjectStore, bucket: string, key: string): Promise<ParquetManifest | undefined> {
  try {
    return await getJson<ParquetManifest>(store, { bucket, key });
  } catch (error) {
    if (error instanceof TerminalError && error.name === 'ManifestMissing') return undefined;
    throw error;
  }
}
