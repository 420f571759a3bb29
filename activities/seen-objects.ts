import { getJson, type ObjectStore } from '../lake/object-store.js';
import { eachParts } from '../lake/raw-parts.js';
import { intervalsBetween, type Grid, type Interval } from '../model/interval.js';
import { rawFolder } from '../model/keys.js';
import type { ExtractManifest, StepInput } from '../model/plan.js';
import type { ListedObject } from '../sources/s3-objects.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';

/** what the runs of one interval took */
interface Taken {
  start: number;
  end: number;
  isExtracted: boolean;
  objects: Set<string>;
}

/** an object that is replaced is another one */
const nameOf = (name: string, etag: string | undefined) => (etag === undefined ? name : `${name}\0${etag}`);

/**
 * with a lookback an object belongs to the first interval that sees it: its own by time, or a later one if it appeared after
 * all between had extracted. Manifests say what the others took; undefined where the source has no lookback.
 * what none took and an interval between has yet to extract is left to that one, so that runs side by side take it once
 */
export async function unseenObjects(
  { pipelines, store }: Pick<Dependencies, 'pipelines' | 'store'>,
  { run, plan }: StepInput,
  alive: Alive,
): Promise<((object: ListedObject) => boolean) | undefined> {
  const { source } = plan;
  const grid = pipelines.find(({ name }) => name === run.pipeline)?.grid;
  if (source.kind !== 's3-objects' || !source.lookback || source.timeFrom || !grid) return undefined;
  const [start, end] = [Date.parse(run.interval.start), Date.parse(run.interval.end)];
  const earlier = intervalsBetween(grid, start - source.lookback, start);
  const later = intervalsBetween(grid, end, end + source.lookback);
  const taken: Taken[] = [];
  for (const interval of [...earlier, ...later])
    taken.push(await takenBy(store, plan.rawBucket, run.pipeline, interval, grid, alive));

  return ({ key, etag, modified }) => {
    const name = nameOf(key, etag);
    if (taken.some(({ objects }) => objects.has(name) || objects.has(key))) return false;
    if (modified >= start) return true;
    const between = taken.filter(({ start: begin, end }) => begin < start && end > modified);
    return between.length > 0 && between.every(({ isExtracted }) => isExtracted);
  };
}

/** by the manifests of all its runs, beside their parts: one that failed later had taken them too */
async function takenBy(
  store: ObjectStore,
  bucket: string,
  pipeline: string,
  interval: Interval,
  grid: Grid,
  { sign }: Alive,
): Promise<Taken> {
  const found: Taken = {
    start: Date.parse(interval.start),
    end: Date.parse(interval.end),
    isExtracted: false,
    objects: new Set(),
  };
  for await (const { key } of store.list({ bucket, key: rawFolder(pipeline, interval, grid) })) {
    sign();
    if (!key.endsWith('/_manifest.json')) continue;
    const manifest = await getJson<ExtractManifest>(store, { bucket, key });
    // folders are named by the start alone
    if (manifest.run.interval.start !== interval.start || manifest.run.interval.end !== interval.end) continue;
    found.isExtracted = true;
    for await (const parts of eachParts(store, manifest)) {
      sign();
      for (const { sources } of parts) for (const { name, etag } of sources) found.objects.add(nameOf(name, etag));
    }
  }
  return found;
}
