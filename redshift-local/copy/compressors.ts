import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressors as all } from 'hyparquet-compressors';

/** those that Redshift reads */
export const compressors = {
  ...(all.SNAPPY && { SNAPPY: all.SNAPPY }),
  ...(all.ZSTD && { ZSTD: all.ZSTD }),
  GZIP: (input: Uint8Array) => new Uint8Array(gunzipSync(input)),
  BROTLI: (input: Uint8Array) => new Uint8Array(brotliDecompressSync(input)),
};
