import type { IntervalNotes } from '../model/custom-code.js';
import { keys, type RunRef } from '../model/keys.js';
import { getJson, putJson, type ObjectStore } from './object-store.js';

/** what is kept of an interval, whichever run has it; `step`: of one beside its source */
export function intervalNotes(
  store: ObjectStore,
  bucket: string,
  { pipeline, interval }: Pick<RunRef, 'pipeline' | 'interval'>,
  step?: string,
): IntervalNotes {
  const ref = { bucket, key: keys.intervalNotes(pipeline, interval, step) };
  return {
    read: async () => ((await store.exists(ref)) ? getJson<unknown>(store, ref) : undefined),
    write: async (value) => void (await putJson(store, ref, value)),
  };
}
