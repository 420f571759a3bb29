import type { AsyncBuffer, ColumnMetaData, RowGroup } from 'hyparquet';

/** a row group up to this size is read in one request */
const oneRequestBytes = 32 * 1024 * 1024;

export function placeOf(column: ColumnMetaData): { start: number; end: number } {
  const start = Number(column.dictionary_page_offset ?? column.data_page_offset);
  return { start, end: start + Number(column.total_compressed_size) };
}

/** the file with the wanted columns of a row group at hand; as it is, where other columns are most of what lies between them */
export async function rowGroup(file: AsyncBuffer, { columns }: RowGroup, names: Set<string>): Promise<AsyncBuffer> {
  const places = columns.flatMap(({ meta_data: data }) =>
    data && names.has(data.path_in_schema[0] ?? '') ? [placeOf(data)] : [],
  );
  const start = Math.min(...places.map((place) => place.start));
  const end = Math.max(...places.map((place) => place.end));
  const wanted = places.reduce((sum, place) => sum + place.end - place.start, 0);
  if (places.length === 0 || end - start > oneRequestBytes || wanted * 2 < end - start) return file;
  const span = await file.slice(start, end);
  return {
    byteLength: file.byteLength,
    slice: (from, to = file.byteLength) =>
      from >= start && to <= end ? span.slice(from - start, to - start) : file.slice(from, to),
  };
}
