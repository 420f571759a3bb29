import { putJson, type ObjectStore } from '../lake/object-store.js';
import type { DefinitionHashes } from '../define/definition-hash.js';
import { keys } from '../model/keys.js';

/**
 * what the hash in the workers' identities means, for commands that compare it with their project; written once for
 * each hash. Without it they compare nothing, so a failure is none
 */
export async function noteDefinitions(store: ObjectStore, bucket: string, hashes: DefinitionHashes): Promise<void> {
  await putJson(store, { bucket, key: keys.definitions(hashes.project) }, hashes.pipelines).catch((error: Error) =>
    process.stderr.write(`the definitions were not noted in ${bucket}: ${error.message}\n`),
  );
}
