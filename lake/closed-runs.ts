import { closedFrom, closedKey, newestOf, parseClosedKey, type ClosedRun } from '../model/closed-run.js';
import { keys } from '../model/keys.js';
import { getJson, putJson, type ObjectStore } from './object-store.js';

/** an object for each run that ended; again, it is the same */
export async function putClosed(
  store: ObjectStore,
  bucket: string,
  pipeline: string,
  run: ClosedRun,
  detail: object = {},
): Promise<void> {
  await putJson(store, { bucket, key: closedKey(pipeline, run) }, { pipeline, ...run, ...detail });
}

/** the newest run of each interval that begins in `[from, to)` and has one that ended, oldest first */
export async function newestClosed(
  store: ObjectStore,
  bucket: string,
  pipeline: string,
  from: string,
  to: string,
  sign: () => void = () => undefined,
): Promise<ClosedRun[]> {
  const { prefix, after } = closedFrom(pipeline, from);
  const runs: ClosedRun[] = [];
  for await (const { key } of store.list({ bucket, key: prefix }, after)) {
    sign();
    const run = parseClosedKey(key);
    if (!run) continue;
    if (run.start >= to) break;
    runs.push(run);
  }
  return newestOf(runs);
}

/** start of the intervals from which on each run that ended has its object; undefined: the ledger was never asked for the rest */
export async function closedSince(store: ObjectStore, bucket: string, pipeline: string): Promise<string | undefined> {
  const ref = { bucket, key: keys.closedSince(pipeline) };
  return (await store.exists(ref)) ? (await getJson<{ from: string }>(store, ref)).from : undefined;
}
