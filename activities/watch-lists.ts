import { getJson, type ObjectStore } from '../lake/object-store.js';
import type { ObjectRef } from '../model/plan.js';
import type { ListedInterval } from '../model/retry.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';
import { watchState } from './watch-state.js';

/** of one part of a list: far below what a payload holds, for each is kept in history */
const mostBytes = 256 * 1024;

const listed = (store: ObjectStore, ref: ObjectRef) => getJson<ListedInterval[]>(store, ref);

/** after the alert was raised: if this is lost, the next look raises it again */
export function noteLate({ settings, store }: Dependencies): Activities['noteLate'] {
  return async ({ pipeline, late }) => {
    const state = watchState(store, settings.lakeBucket, pipeline);
    const before = await state.read();
    const starts = (await listed(store, late)).map(({ start }) => start);
    await state.write(before, { ...before, late: [...new Set([...before.late, ...starts])].sort() });
  };
}

/** a bounded part of a list, for those who go through it in order */
export function listedIntervals({ store }: Dependencies): Activities['listedIntervals'] {
  return async ({ list, from, most }) => {
    const at = Date.parse(from);
    const following = (await listed(store, list)).filter(({ start }) => Date.parse(start) >= at).slice(0, most);
    let bytes = 0;
    return following.filter((one, place) => {
      bytes += Buffer.byteLength(JSON.stringify(one));
      return place === 0 || bytes <= mostBytes;
    });
  };
}
