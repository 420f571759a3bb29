import { tablesOf } from '../columns/parents.js';
import { getJson, type ObjectStore } from '../lake/object-store.js';
import { keys, superseded, type RunRef } from '../model/keys.js';
import type { ObjectRef, Plan } from '../model/plan.js';
import type { Warehouse } from '../warehouse/data-api.js';
import { entitiesLoadedBy } from '../warehouse/newest-loads.js';

/**
 * tags the Parquet files of a run that ends without having loaded them: no partition names their folder, and lifecycle lets
 * them go. A retry that loads them meanwhile takes the tag away
 */
export async function markLeft(
  store: ObjectStore,
  warehouse: Warehouse,
  run: RunRef,
  planRef: ObjectRef,
  sign: () => void = () => undefined,
): Promise<void> {
  const { entities, lakeBucket: bucket } = await getJson<Plan>(store, planRef);
  let loaded: Set<string> | undefined;
  for (const entity of entities)
    for (const { name } of tablesOf(entity))
      for await (const { key } of store.list({ bucket, key: `${keys.processedFolder(run, name)}/` })) {
        // a step that lost its answer may have loaded them
        loaded ??= new Set(await entitiesLoadedBy(warehouse, run));
        if (loaded.has(entity.name)) break;
        if (!/\/[_.][^/]*$/.test(key)) await store.tag({ bucket, key }, superseded);
        sign();
      }
}
