import type { ColumnMetaData, DecodedArray, Encoding, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import type { Values } from './binary-columns.js';
import { compressors } from './compressors.js';
import type { Page } from './read-parquet.js';

/**
 * pages of a column that is not nested, by the reader's own decoders but without its assembly of lists,
 * which boxes every value: a page without NULLs stays a typed array
 */
export function readFlatColumn(
  bytes: ArrayBuffer,
  column: ColumnMetaData,
  schemaPath: SchemaTree[],
  rows: number,
): Page[] {
  const element = schemaPath.at(-1)?.element;
  if (!element) throw new Error(`column ${column.path_in_schema.join('.')} is not in the schema of the file`);
  const decoder = {
    ...column,
    pathInSchema: column.path_in_schema,
    element,
    schemaPath,
    compressors,
    parsers: DEFAULT_PARSERS,
  };
  const reader = { view: new DataView(bytes), offset: 0 };
  const pages: Page[] = [];
  let dictionary: DecodedArray | undefined;
  for (let start = 0; start < rows;) {
    const header = parquetHeader(reader);
    const packed = new Uint8Array(bytes, reader.offset, header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    const { dictionary_page_header: words, data_page_header: first, data_page_header_v2: second } = header;
    if (words) {
      const page = decompressPage(packed, header.uncompressed_page_size, column.codec, compressors);
      const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
      dictionary = readPlain({ view, offset: 0 }, column.type, words.num_values, element.type_length);
    } else if (first) {
      const page = decompressPage(packed, header.uncompressed_page_size, column.codec, compressors);
      const { dataPage, definitionLevels } = readDataPage(page, first, decoder);
      // no levels where no value is missing
      const values = valuesOf(dataPage, first.encoding, dictionary, definitionLevels ?? []);
      pages.push({ start, values });
      start += values.length;
    } else if (second) {
      const { dataPage, definitionLevels } = readDataPageV2(packed, header, decoder);
      const values = valuesOf(
        dataPage,
        second.encoding,
        dictionary,
        second.num_nulls > 0 ? (definitionLevels ?? []) : [],
      );
      pages.push({ start, values });
      start += values.length;
    } else throw new Error(`page of type ${header.type} is not honoured`);
  }
  return pages;
}

function valuesOf(
  data: DecodedArray,
  encoding: Encoding,
  dictionary: DecodedArray | undefined,
  levels: number[],
): Values {
  const found = dictionary && encoding.endsWith('_DICTIONARY') ? looked(data as ArrayLike<number>, dictionary) : data;
  if (levels.length === 0) return found;
  const spread: unknown[] = [];
  let next = 0;
  for (const level of levels) spread.push(level > 0 ? found[next++] : null);
  return spread;
}

function looked(indexes: ArrayLike<number>, dictionary: DecodedArray): Values {
  const found =
    dictionary instanceof BigInt64Array
      ? new BigInt64Array(indexes.length)
      : dictionary instanceof Float64Array
        ? new Float64Array(indexes.length)
        : Array.from<unknown>({ length: indexes.length });
  for (let at = 0; at < indexes.length; at++) (found as unknown[])[at] = dictionary[indexes[at] ?? 0];
  return found;
}
