import { getJson, putJson, type ObjectStore } from '../lake/object-store.js';
import { keys } from '../model/keys.js';

/** what a look leaves to the next one; starts of intervals that have not loaded, so it is short */
export interface WatchState {
  /** they have a run that ended without an object of its own: terminated, timed out, or of an earlier version */
  ran: string[];
  /** people know that they are late */
  late: string[];
}

export function watchState(store: ObjectStore, bucket: string, pipeline: string) {
  const ref = { bucket, key: keys.watchState(pipeline) };
  return {
    async read(): Promise<WatchState> {
      return (await store.exists(ref)) ? getJson<WatchState>(store, ref) : { ran: [], late: [] };
    },
    async write(before: WatchState, after: WatchState): Promise<void> {
      if (JSON.stringify(before) !== JSON.stringify(after)) await putJson(store, ref, after);
    },
  };
}
