import { Compression, Table, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm';

/** rows a group: bounds what a reader holds of one file at a time */
const rowGroupRows = 131_072;

/** one Parquet file of one Arrow IPC stream; every object of the module's memory is given or taken back */
export function toParquet(ipc: Uint8Array): Uint8Array {
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.SNAPPY)
    .setMaxRowGroupSize(rowGroupRows)
    .setCreatedBy('waterclock')
    .build();
  // both are consumed by the call
  return writeParquet(Table.fromIPCStream(ipc), properties);
}
