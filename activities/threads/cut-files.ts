import type { StageBatch } from '../../model/plan.js';

/** of Arrow, before compression */
const fileBytes = 64 * 1024 * 1024;
/** warehouses load files of one table side by side, as many as they have slices: two, or a multiple of four */
const slices = 4;

/** the stage batches of each Parquet file, in their order: equal shares, cut by what the manifest says */
export function cutFiles(stage: StageBatch[]): StageBatch[][] {
  const total = stage.reduce((sum, { bytes }) => sum + bytes, 0);
  const count = total <= fileBytes ? 1 : slices * Math.ceil(total / (slices * fileBytes));
  const files: StageBatch[][] = [];
  let before = 0;
  for (const batch of stage) {
    const middle = before + batch.bytes / 2;
    (files[Math.floor((middle / total) * count)] ??= []).push(batch);
    before += batch.bytes;
  }
  // a batch may be larger than a share
  return files.filter((batches) => batches.length > 0);
}
