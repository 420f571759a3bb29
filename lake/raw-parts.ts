import { TerminalError } from '../model/errors.js';
import type { ExtractManifest, ObjectRef, RawPart, RawRange } from '../model/plan.js';
import { getJson, type ObjectStore } from './object-store.js';

export type RangeManifest = Pick<RawRange, 'files' | 'bytes'> & { parts: RawPart[] };
type Parts = Pick<ExtractManifest, 'parts' | 'ranges'>;

/** parts of the manifest itself, and of the ranges that it refers to */
export const countParts = ({ parts, ranges = [] }: Parts): number =>
  ranges.reduce((sum, range) => sum + range.parts, parts.length);

/** a range's parts are read for one of them: a run of many never has them all in memory */
export async function partAt(store: ObjectStore, manifest: Parts, from: ObjectRef, part: number): Promise<RawPart> {
  let left = part;
  const own = manifest.parts[left];
  if (own) return own;
  left -= manifest.parts.length;
  for (const { ref, parts } of manifest.ranges ?? []) {
    const found = left < parts ? (await getJson<RangeManifest>(store, ref)).parts[left] : undefined;
    if (found) return found;
    left -= parts;
  }
  throw new TerminalError('ManifestMissing', `${from.key} lists no part ${part}`);
}

/** the parts of a manifest, some at a time, in order */
export async function* eachParts(store: ObjectStore, { parts, ranges = [] }: Parts): AsyncGenerator<RawPart[]> {
  if (parts.length > 0) yield parts;
  for (const { ref } of ranges) yield (await getJson<RangeManifest>(store, ref)).parts;
}
