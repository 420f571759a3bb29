import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parquetMetadataAsync, parquetRead, type AsyncBuffer, type FileMetaData, type SchemaElement } from 'hyparquet';
import { compressors as all } from 'hyparquet-compressors';
import type { Values } from './binary-columns.js';

/** those that Redshift reads */
const compressors = {
  ...(all.SNAPPY && { SNAPPY: all.SNAPPY }),
  ...(all.ZSTD && { ZSTD: all.ZSTD }),
  GZIP: (input: Uint8Array) => new Uint8Array(gunzipSync(input)),
  BROTLI: (input: Uint8Array) => new Uint8Array(brotliDecompressSync(input)),
};

/** values of consecutive rows, the first of them `start` */
export interface Page {
  start: number;
  values: Values;
}

export interface ParquetFile {
  columns: SchemaElement[];
  rows: number;
  /** pages of each column, one row group at a time; flat values as stored: no type is converted on the way */
  groups(wanted: string[]): AsyncGenerator<{ rows: number; columns: Page[][] }>;
}

export async function openParquet(file: AsyncBuffer): Promise<ParquetFile> {
  const metadata = await parquetMetadataAsync(file);
  const columns = topLevel(metadata);
  const raw = { ...metadata, schema: bareLeaves(metadata) };
  return {
    columns,
    rows: Number(metadata.num_rows),
    async *groups(wanted) {
      let first = 0;
      for (const group of metadata.row_groups) {
        const rows = Number(group.num_rows);
        const pages = new Map<string, Page[]>(wanted.map((name) => [name, []]));
        const start = first;
        if (wanted.length > 0) {
          await parquetRead({
            file,
            metadata: raw,
            columns: [...new Set(wanted)],
            rowStart: start,
            rowEnd: start + rows,
            utf8: false,
            compressors,
            parsers: { timestampFromNanoseconds: asIs, timestampFromMicroseconds: isoMicros },
            onChunk({ columnName, columnData, rowStart }) {
              pages.get(columnName)?.push({ start: rowStart - start, values: columnData });
            },
          });
        }
        yield { rows, columns: wanted.map((name) => pages.get(name) ?? []) };
        first += rows;
      }
    },
  };
}

const asIs = (nanos: bigint) => nanos as unknown as Date;
const isoMicros = (micros: bigint) => new Date(Number(micros / 1000n)).toISOString() as unknown as Date;

function topLevel({ schema }: FileMetaData): SchemaElement[] {
  const found: SchemaElement[] = [];
  for (let at = 1; at < schema.length;) {
    const element = schema[at];
    if (!element) break;
    found.push(element);
    at = afterSubtree(schema, at);
  }
  return found;
}

function afterSubtree(schema: SchemaElement[], at: number): number {
  let next = at + 1;
  for (let children = schema[at]?.num_children ?? 0; children > 0; children--) next = afterSubtree(schema, next);
  return next;
}

/** without annotations the reader hands out what is stored; only columns at the top are read so */
function bareLeaves({ schema }: FileMetaData): SchemaElement[] {
  const bare = [...schema];
  for (let at = 1; at < schema.length; at = afterSubtree(schema, at)) {
    const { converted_type: _converted, logical_type: _logical, ...rest } = schema[at] ?? { name: '' };
    if (!rest.num_children && rest.repetition_type !== 'REPEATED') bare[at] = rest;
  }
  return bare;
}
