import type { ObjectStore } from '../../lake/object-store.js';
import { toParquet, tablesOf, type ArrowTable, type FileForm } from '../../lake/parquet.js';
import type { ParquetFile } from '../../model/plan.js';

export interface JoinFilesTask {
  bucket: string;
  files: ParquetFile[];
  /** of the file that they become */
  key: string;
  form: FileForm;
}

/** small Parquet files of one table in their order, as one; two files and one row group in memory at a time */
export async function joinFiles(
  { bucket, files, key, form }: JoinFilesTask,
  sign: () => void,
  store: ObjectStore,
): Promise<ParquetFile> {
  const bytes = await store.upload({ bucket, key }, toParquet(read(), form));
  return { key, rows: files.reduce((sum, { rows }) => sum + rows, 0), bytes };

  async function* read(): AsyncIterable<ArrowTable> {
    // the next one is on its way while one is encoded
    let coming = fetched(0);
    for (const at of files.keys()) {
      const parquet = await coming;
      coming = fetched(at + 1);
      if (parquet) yield* tablesOf(parquet);
      sign();
    }
  }

  function fetched(at: number): Promise<Uint8Array | undefined> {
    const key = files[at]?.key;
    const parquet = key === undefined ? Promise.resolve(undefined) : store.get({ bucket, key });
    // thrown where it is awaited
    parquet.catch(() => undefined);
    return parquet;
  }
}
