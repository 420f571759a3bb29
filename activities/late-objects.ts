import { log } from '@temporalio/activity';
import { getJson } from '../lake/object-store.js';
import { eachParts } from '../lake/raw-parts.js';
import { TerminalError } from '../model/errors.js';
import { keys } from '../model/keys.js';
import type { ExtractManifest, RawPart } from '../model/plan.js';
import { pool } from '../model/pool.js';
import type { S3ObjectsSource } from '../model/source.js';
import { timeOf, type ListedObject } from '../sources/s3-listing.js';
import { listObjects } from '../sources/s3-objects.js';
import type { NewestRun } from '../warehouse/ledger.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';

/** manifests that are read at once */
const activeReads = 16;
/** objects of runs that are compared at once: they are held */
const mostFiles = 200_000;

type Loaded = Pick<NewestRun, 'start' | 'end' | 'runId'>;
type Extracted = Loaded & Pick<ExtractManifest, 'parts'>;
interface Group {
  source: S3ObjectsSource;
  runs: (Loaded & { manifest: ExtractManifest })[];
}

/**
 * starts of loaded intervals of which the source lists an object that their newest run did not extract: S3 shows an object
 * late, under an earlier time, when it was uploaded in parts or replicated. One listing for the whole range
 */
export async function lateIntervals(
  { pipelines, settings, store }: Pick<Dependencies, 'pipelines' | 'settings' | 'store'>,
  pipeline: string,
  loaded: Loaded[],
  { sign, signal }: Alive,
): Promise<Set<string>> {
  const source = pipelines.find(({ name }) => name === pipeline)?.source;
  if (source?.kind !== 's3-objects' || loaded.length === 0) return new Set();
  // nothing is listed: a late event is of the interval that gets it
  if (source.timeFrom && 'events' in source.timeFrom) return new Set();
  const declared = source;
  const { bucket } = source;
  const late = new Set<string>();
  for (const some of await inGroups(loaded)) {
    for (const { source, runs } of some.values()) {
      const extracted: Extracted[] = [];
      for (const { manifest, ...run } of runs) extracted.push({ ...run, parts: await partsOf(manifest) });
      const byAny = source.lookback !== undefined && !source.timeFrom;
      for (const start of lateStarts(extracted, await listed(source, runs), byAny)) late.add(start);
    }
  }
  if (late.size > 0) log.info('objects appeared after their intervals were loaded', { pipeline, intervals: late.size });
  return late;

  /** runs by what they listed, so many at a time that their objects fit into memory */
  async function inGroups(runs: Loaded[]): Promise<Map<string, Group>[]> {
    const groups: Map<string, Group>[] = [];
    let files = Infinity;
    const read = await pool(runs, activeReads, async (run) => {
      const manifest = await extractedBy(run.runId);
      sign();
      return { run, manifest };
    });
    for (const result of read) {
      if (result.status === 'rejected') throw result.reason;
      const { run, manifest } = result.value;
      // what ran before the definition named this bucket says nothing about it
      if (manifest?.source.kind !== 's3-objects' || manifest.source.bucket !== bucket) continue;
      files += manifest.files;
      if (files > mostFiles) {
        groups.push(new Map());
        files = manifest.files;
      }
      const listed = listedBy(declared, manifest.source);
      const like = JSON.stringify([listed.prefix, listed.keys, listed.timeFrom]);
      const by = groups.at(-1) ?? new Map<string, Group>();
      const group = by.get(like) ?? { source: listed, runs: [] };
      group.runs.push({ ...run, manifest });
      by.set(like, group);
    }
    return groups;
  }

  async function partsOf(manifest: ExtractManifest): Promise<RawPart[]> {
    const found: RawPart[] = [];
    for await (const parts of eachParts(store, manifest)) {
      found.push(...parts);
      sign();
    }
    return found;
  }

  async function extractedBy(runId: string): Promise<ExtractManifest | undefined> {
    const ref = { bucket: settings.lakeBucket, key: keys.step({ pipeline, runId }, 'extract') };
    return (await store.exists(ref)) ? getJson<ExtractManifest>(store, ref) : undefined;
  }

  async function listed(source: S3ObjectsSource, runs: Loaded[]): Promise<ListedObject[]> {
    const address = settings.sources[pipeline];
    try {
      const found: ListedObject[] = [];
      const options = { sign: () => sign(), ...(address && { address }) };
      for await (const object of listObjects(source, runs, options, signal)) found.push(object);
      return found;
    } catch (error) {
      // trying again mends nothing: what loaded counts as loaded
      if (!(error instanceof TerminalError)) throw error;
      log.warn('the source was not asked for late objects', { pipeline, error: error.message });
      return [];
    }
  }
}

/** as today's definition lists; what names a param of the run, as the run did */
function listedBy(declared: S3ObjectsSource, { prefix, keys, timeFrom }: S3ObjectsSource): S3ObjectsSource {
  const namesParam = (value: unknown) => JSON.stringify(value ?? '').includes('{params.');
  return {
    ...declared,
    prefix,
    ...(namesParam(declared.keys) && keys !== undefined && { keys }),
    ...(namesParam(declared.timeFrom) && timeFrom && { timeFrom }),
  };
}

/**
 * an object that was replaced within its interval is a reason to run again; one that is gone is not. `byAny`: a later interval
 * may have taken it
 */
export function lateStarts(runs: Extracted[], listed: ListedObject[], byAny = false): string[] {
  const all = byAny ? knownTo(runs.flatMap(({ parts }) => parts)) : undefined;
  return runs
    .filter(({ start, end, parts }) => {
      const [from, to] = [Date.parse(start), Date.parse(end)];
      const isKnown = all ?? knownTo(parts);
      // an empty object is in no part
      return listed.some(
        (object) => timeOf(object) >= from && timeOf(object) < to && object.bytes !== 0 && !isKnown(object),
      );
    })
    .map(({ start }) => start);
}

function knownTo(parts: RawPart[]): (object: ListedObject) => boolean {
  const known = new Map<string, Set<string | undefined>>();
  for (const { sources } of parts)
    for (const { name, etag } of sources) known.set(name, (known.get(name) ?? new Set()).add(etag));
  return ({ key, etag }) => {
    const etags = known.get(key);
    return etags !== undefined && (etag === undefined || etags.has(undefined) || etags.has(etag));
  };
}
