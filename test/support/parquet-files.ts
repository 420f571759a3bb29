import * as arrow from 'apache-arrow';
import { Compression, Table as WasmTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm';

/** a Parquet file by another writer than the reader's */
export function arrowFile(
  columns: Record<string, arrow.Vector>,
  codec = Compression.SNAPPY,
  groupRows = 100_000,
): Uint8Array {
  const properties = new WriterPropertiesBuilder().setCompression(codec).setMaxRowGroupSize(groupRows).build();
  return writeParquet(WasmTable.fromIPCStream(arrow.tableToIPC(new arrow.Table(columns), 'stream')), properties);
}
