import {
  Compression,
  readParquet,
  Table,
  transformParquetStream,
  WriterPropertiesBuilder,
  type RecordBatch,
} from 'parquet-wasm';
import type { Column, ColumnType } from '../model/columns.js';
import type { ParquetCodec } from '../model/plan.js';
import { unlikeTexts } from './unlike-texts.js';

/** a row group ends at so many rows, or bytes before compression: it bounds what a writer, and a reader, hold of one file at a time */
const rowGroupRows = 131_072;
export const rowGroupBytes = 16 * 1024 * 1024;
/** rows that are decoded at a time */
const batchRows = 16_384;

const codecs = { snappy: Compression.SNAPPY, zstd: Compression.ZSTD };

/** their values seldom repeat: trying a dictionary would take a third of the encoding's time, and make larger files */
const unlikeKinds = new Set<ColumnType['kind']>(['double', 'timestamp', 'timestamptz']);

export interface FileForm {
  /** columns of the file */
  columns: Column[];
  codec: ParquetCodec;
  /** of a row group; less where a thread writes several files at once */
  groupBytes?: number;
}

/** one Parquet file of tables of one schema, written as its row groups fill; each table is consumed */
export async function* toParquet(
  batches: AsyncIterable<Table>,
  { columns, codec, groupBytes = rowGroupBytes }: FileForm,
): AsyncIterable<Uint8Array> {
  const coming = batches[Symbol.asyncIterator]();
  const first = await coming.next();
  const unlike = new Set(first.done ? [] : unlikeTexts(first.value));
  let builder = new WriterPropertiesBuilder()
    .setCompression(codecs[codec])
    .setMaxRowGroupSize(rowGroupRows)
    .setMaxRowGroupBytes(groupBytes)
    .setCreatedBy('waterclock');
  for (const { name, type } of columns) {
    if (unlikeKinds.has(type.kind) || unlike.has(name)) builder = builder.setColumnDictionaryEnabled(name, false);
  }
  const properties = builder.build();
  let failure: { error: unknown } | undefined;
  const source = recordBatches(beginning(first, coming), (error) => (failure = { error }));
  try {
    // batches and properties are consumed by the writer, which frees them
    const file = await transformParquetStream(ReadableStream.from(source), properties);
    yield* file as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw failure ? failure.error : error;
  }
  // the writer takes an error of its input for the end, and closes a file that is short
  if (failure) throw failure.error;
}

export type ArrowTable = Table;

/** rows of an Arrow IPC stream as the writer takes them: in its own memory, so that the stream may be let go of at once */
export const arrowTable = (ipc: Uint8Array): Table => Table.fromIPCStream(ipc);

/** a whole Parquet file, a row group at a time */
export async function* tablesOf(parquet: Uint8Array): AsyncIterable<Table> {
  // most threads never join a file
  const { parquetMetadata } = await import('hyparquet');
  const { row_groups: groups } = parquetMetadata(Uint8Array.from(parquet).buffer);
  for (const group of groups.keys()) yield readParquet(parquet, { rowGroups: [group], batchSize: batchRows });
}

async function* recordBatches(
  batches: AsyncIterable<Table>,
  onFailure: (error: unknown) => void,
): AsyncIterable<RecordBatch> {
  try {
    for await (const table of batches) {
      const parts = table.recordBatches();
      table.free();
      yield* parts;
    }
  } catch (error) {
    onFailure(error);
    throw error;
  }
}

async function* beginning<T>(first: IteratorResult<T, unknown>, rest: AsyncIterator<T, unknown>): AsyncIterable<T> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
