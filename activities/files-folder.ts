import { posix } from 'node:path';
import type { ParquetManifest } from '../model/plan.js';

/** key of the folder with a manifest's files, which a retry takes over from an earlier run; undefined when there are none */
export function filesFolder({ files: [first] }: Pick<ParquetManifest, 'files'>): string | undefined {
  return first && posix.dirname(first.key);
}
