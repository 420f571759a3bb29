import { getJson, putJson, type ObjectStore } from '../lake/object-store.js';
import type { RangeManifest } from '../lake/raw-parts.js';
import { keys } from '../model/keys.js';
import type { Extracted, InRaw, RawRange, StepInput } from '../model/plan.js';
import { byTime, type ListedObject } from '../sources/s3-listing.js';
import { s3Bucket } from '../sources/s3-objects.js';
import { alive, type Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { eventObjects } from './event-objects.js';
import { bytesOf, partWriter } from './part-writer.js';
import { unseenObjects } from './seen-objects.js';
import type { Step } from './types.js';

/** what one activity extracts of a large interval, and asks for again after its worker was lost */
const mostObjects = 2_000;
const mostBytes = 512 * 1024 * 1024;

/** of a list that is cut into ranges: in the lake, written after them, so that a retry finds all or none */
interface Ranges {
  ranges: number;
}

const listAt = ({ run, plan }: StepInput, what: string) => ({ bucket: plan.lakeBucket, key: keys.step(run, what) });
const rangeName = (range: number) => String(range).padStart(5, '0');
const objectsAt = (given: StepInput, range: number) => listAt(given, `extract.objects-${rangeName(range)}`);
const partsAt = (given: StepInput, range: number) => listAt(given, `extract.range-${rangeName(range)}`);

/**
 * objects of an interval, any number of them: few are extracted here, many are cut into ranges that activities of their own
 * extract. Undefined for a source that has no objects; `spreads`: the workflow knows of ranges
 */
export async function extractObjects(
  dependencies: Dependencies,
  given: StepInput,
  spreads: boolean,
  alive: Alive,
): Promise<InRaw | { spread: Extracted } | undefined> {
  const { source } = given.plan;
  if (source.kind !== 's3-objects') return undefined;
  const { store } = dependencies;
  const listed = (await rangesOf(store, given)) ?? (await listRanges(dependencies, given, alive));
  if ('objects' in listed) {
    return readObjects(dependencies, given, listed.objects, alive);
  }
  // the manifest is written by the call that comes after the ranges
  if (spreads) return { spread: { manifest: listAt(given, 'extract'), parts: 0, files: 0, bytes: 0, ...listed } };
  const numbers = Array.from({ length: listed.ranges }, (_, range) => range);
  const ranges: RawRange[] = [];
  for (const range of numbers) ranges.push(await extractOne(dependencies, given, range, alive));
  const sum = (count: (range: RawRange) => number) => ranges.reduce((total, range) => total + count(range), 0);
  return { parts: [], ranges, files: sum(({ files }) => files), bytes: sum(({ bytes }) => bytes) };
}

export function extractRange(dependencies: Dependencies): Step<'extractRange'> {
  return ({ range, ...given }) => alive(async (alive) => void (await extractOne(dependencies, given, range, alive)));
}

async function rangesOf(store: ObjectStore, given: StepInput): Promise<Ranges | undefined> {
  const ref = listAt(given, 'extract.ranges');
  return (await store.exists(ref)) ? getJson<Ranges>(store, ref) : undefined;
}

/** the list as it comes, cut into ranges; one that fits into a single range is not kept */
async function listRanges(
  dependencies: Dependencies,
  given: StepInput,
  alive: Alive,
): Promise<Ranges | { objects: ListedObject[] }> {
  const { store } = dependencies;
  let ranges = 0;
  let objects: ListedObject[] = [];
  let bytes = 0;
  const keep = () => putJson(store, objectsAt(given, ranges++), objects);
  const bucket = bucketOf(dependencies, given, alive);
  const isUnseen = await unseenObjects(dependencies, given, alive);
  try {
    for await (const object of objectsOf()) {
      if (isUnseen && !isUnseen(object)) continue;
      if (objects.length === mostObjects || bytes > mostBytes) {
        await keep();
        objects = [];
        bytes = 0;
      }
      objects.push(object);
      bytes += object.bytes || 0;
    }
  } finally {
    bucket.close();
  }
  if (ranges === 0) return { objects };
  await keep();
  const listed = { ranges };
  await putJson(store, listAt(given, 'extract.ranges'), listed);
  return listed;

  function objectsOf(): AsyncIterable<ListedObject> {
    const { source } = given.plan;
    const { timeFrom } = source.kind === 's3-objects' ? source : {};
    if (source.kind === 's3-objects' && timeFrom && 'events' in timeFrom)
      return eventObjects(dependencies, given, source, timeFrom.events, alive);
    return bucket.listed([given.run.interval], alive.signal);
  }
}

/** once: a range that is in the raw layer is not asked for again */
async function extractOne(
  dependencies: Dependencies,
  given: StepInput,
  range: number,
  alive: Alive,
): Promise<RawRange> {
  const { store } = dependencies;
  const ref = partsAt(given, range);
  if (!(await store.exists(ref))) {
    const objects = await getJson<ListedObject[]>(store, objectsAt(given, range));
    await putJson(store, ref, await readObjects(dependencies, given, objects, alive, range));
  }
  const { parts, files, bytes } = await getJson<RangeManifest>(store, ref);
  alive.sign();
  return { ref, parts: parts.length, files, bytes };
}

async function readObjects(
  dependencies: Dependencies,
  given: StepInput,
  objects: ListedObject[],
  alive: Alive,
  range?: number,
): Promise<RangeManifest> {
  const { run, plan } = given;
  const form = plan.source.records;
  const key = (part: number, suffix: string) => keys.rawPart(run, part, `${form.form}${suffix}`, range);
  const writer = partWriter({ store: dependencies.store, bucket: plan.rawBucket, form, key }, alive);
  const bucket = bucketOf(dependencies, given, alive);
  let files = 0;
  try {
    for await (const object of bucket.read(objects.sort(byTime), run.interval, alive.signal)) {
      alive.sign();
      await writer.add(object);
      files++;
    }
  } finally {
    bucket.close();
  }
  await writer.flush();
  const { parts } = writer;
  return { parts, files, bytes: bytesOf(parts) };
}

function bucketOf({ settings }: Dependencies, { run, plan }: StepInput, alive: Alive) {
  const { source } = plan;
  if (source.kind !== 's3-objects') throw new Error(`a source of objects is asked for, got ${source.kind}`);
  const address = settings.sources[run.pipeline];
  const options = { limits: settings.sourceLimits, sign: () => alive.sign(), ...(address && { address }) };
  return s3Bucket(source, options);
}
