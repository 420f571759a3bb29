import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parquetMetadataAsync, parquetRead, type AsyncBuffer, type Compressors, type SchemaElement } from 'hyparquet';

const compressors: Compressors = {
  GZIP: (input) => new Uint8Array(gunzipSync(input)),
  BROTLI: (input) => new Uint8Array(brotliDecompressSync(input)),
};

export interface ParquetFile {
  columns: SchemaElement[];
  /** values of each column, one row group at a time, as stored: no type is converted on the way */
  groups(): AsyncGenerator<{ rows: number; values: ArrayLike<unknown>[] }>;
}

export async function openParquet(file: AsyncBuffer): Promise<ParquetFile> {
  const metadata = await parquetMetadataAsync(file);
  const columns = metadata.schema.slice(1);
  const nested = columns.find((column) => column.num_children || column.repetition_type === 'REPEATED');
  if (nested) throw new Error(`column ${nested.name} is nested: only flat columns are honoured here`);
  const raw = {
    ...metadata,
    schema: metadata.schema.map((element) => {
      const bare = { ...element };
      delete bare.converted_type;
      delete bare.logical_type;
      return bare;
    }),
  };
  return {
    columns,
    async *groups() {
      let rowStart = 0;
      for (const group of metadata.row_groups) {
        const rows = Number(group.num_rows);
        const found = new Map<string, unknown[]>(columns.map(({ name }) => [name, []]));
        const from = rowStart;
        await parquetRead({
          file,
          metadata: raw,
          rowStart: from,
          rowEnd: from + rows,
          utf8: false,
          compressors,
          onChunk({ columnName, columnData, rowStart: at }) {
            const values = found.get(columnName);
            if (values)
              for (let index = 0; index < columnData.length; index++) values[at - from + index] = columnData[index];
          },
        });
        yield { rows, values: columns.map(({ name }) => found.get(name) ?? []) };
        rowStart += rows;
      }
    },
  };
}
