import type { ParquetFile } from '../../model/plan.js';

/** bytes of Parquet */
const shareBytes = 16 * 1024 * 1024;
/** warehouses load files of one table side by side, as many as they have slices: two, or a multiple of four */
const slices = 4;

/** small files in their order, in equal shares: each becomes one file */
export function cutShares<File extends Pick<ParquetFile, 'bytes'>>(files: File[]): File[][] {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const count = total <= shareBytes ? 1 : slices * Math.ceil(total / (slices * shareBytes));
  const shares: File[][] = [];
  let before = 0;
  for (const file of files) {
    const middle = before + file.bytes / 2;
    (shares[Math.floor((middle / total) * count)] ??= []).push(file);
    before += file.bytes;
  }
  // a file may be larger than a share
  return shares.filter((share) => share.length > 0);
}
