import {
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type RowGroup,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from './compressors.js';
import type { Page } from './page.js';
import { readFlatColumn } from './read-flat-column.js';
import { placeOf, rowGroup } from './row-group.js';

export interface ParquetFile {
  columns: SchemaElement[];
  rows: number;
  /** pages of each column, one row group at a time, to be gone through once; flat values as stored: no type is converted on the way */
  groups(wanted: string[]): AsyncGenerator<{ rows: number; columns: Iterable<Page>[] }>;
}

export async function openParquet(file: AsyncBuffer): Promise<ParquetFile> {
  const metadata = await parquetMetadataAsync(file);
  const columns = topLevel(metadata);
  const tree = parquetSchema(metadata);
  const isNested = (name: string) =>
    tree.children.some((child) => child.element.name === name && isGroup(child.element));

  async function flat(bytes: AsyncBuffer, group: RowGroup, name: string): Promise<Iterable<Page>> {
    const column = group.columns.find(
      ({ meta_data: data }) => data?.path_in_schema.length === 1 && data.path_in_schema[0] === name,
    )?.meta_data;
    const child = tree.children.find(({ element }) => element.name === name);
    if (!column || !child) throw new Error(`column ${name} is not in every row group`);
    const { start, end } = placeOf(column);
    return readFlatColumn(await bytes.slice(start, end), column, [tree, child], Number(group.num_rows));
  }

  async function nested(bytes: AsyncBuffer, name: string, first: number, rows: number): Promise<Page[]> {
    const pages: Page[] = [];
    await parquetRead({
      file: bytes,
      metadata,
      columns: [name],
      rowStart: first,
      rowEnd: first + rows,
      utf8: false,
      compressors,
      parsers: { timestampFromMicroseconds: isoMicros },
      onChunk: ({ columnData, rowStart }) =>
        pages.push({ start: rowStart - first, rows: columnData.length, values: columnData }),
    });
    return pages;
  }

  return {
    columns,
    rows: Number(metadata.num_rows),
    async *groups(wanted) {
      const names = new Set(wanted);
      const begun = (group: RowGroup | undefined) => {
        const bytes = group && rowGroup(file, group, names);
        // told when its turn comes
        bytes?.catch(() => undefined);
        return bytes;
      };
      let first = 0;
      let coming = begun(metadata.row_groups[0]);
      for (const [at, group] of metadata.row_groups.entries()) {
        const bytes = (await coming) ?? file;
        coming = begun(metadata.row_groups[at + 1]);
        const rows = Number(group.num_rows);
        const start = first;
        yield {
          rows,
          columns: await Promise.all(
            wanted.map((name) => (isNested(name) ? nested(bytes, name, start, rows) : flat(bytes, group, name))),
          ),
        };
        first += rows;
      }
    },
  };
}

const isGroup = ({ num_children: children, repetition_type: repetition }: SchemaElement) =>
  Boolean(children) || repetition === 'REPEATED';
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
