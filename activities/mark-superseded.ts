import { getJson, type ObjectStore } from '../lake/object-store.js';
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
  /** another run had loaded the interval before */
  hasOthers: boolean,
  sign: () => void = () => undefined,
): Promise<void> {
  const { bucket, entity } = loaded;
  const files = keysOf(loaded);
  // those of an earlier run, loaded again, may carry the tag
  const taken = files.filter((key) => !key.includes(`/${run.runId}/`));
  await tag(taken, bucket, {});
  if (!hasOthers) return;
  const [newest, earlier] = await newestLoads(warehouse, run, entity);
  if (newest !== run.runId || earlier === undefined) return;
  const ref = { bucket, key: keys.step({ ...run, runId: earlier }, 'parquet', entity) };
  if (!(await store.exists(ref))) return;
  const replaced = await getJson<ParquetManifest>(store, ref);
  const gone = keysOf(replaced).filter((key) => !files.includes(key));
  await tag(gone, replaced.bucket, superseded);

  async function tag(files: string[], bucket: string, tags: Record<string, string>): Promise<void> {
    for (const key of files) {
      await store.tag({ bucket, key }, tags);
      sign();
    }
  }
}

function keysOf({ files, parents }: ParquetManifest): string[] {
  return [...files, ...(parents?.files ?? [])].map(({ key }) => key);
}
