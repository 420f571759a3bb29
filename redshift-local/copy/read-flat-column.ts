import type { ColumnMetaData, DecodedArray, Encoding, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { compressors } from './compressors.js';
import { plainTexts, textsOf, type Page, type Texts, type Values } from './page.js';

/**
 * pages of a column that is not nested, each when it is asked for, by the reader's own decoders but without its
 * assembly of lists: numbers stay in typed arrays, texts in the bytes of their page
 */
export function* readFlatColumn(
  bytes: ArrayBuffer,
  column: ColumnMetaData,
  schemaPath: SchemaTree[],
  rows: number,
): Generator<Page> {
  const element = schemaPath.at(-1)?.element;
  if (!element) throw new Error(`column ${column.path_in_schema.join('.')} is not in the schema of the file`);
  const { type, codec } = column;
  const decoder = {
    ...column,
    pathInSchema: column.path_in_schema,
    element,
    schemaPath,
    compressors,
    parsers: DEFAULT_PARSERS,
  };
  const isText = type === 'BYTE_ARRAY';
  const reader = { view: new DataView(bytes), offset: 0 };
  let words: Values | undefined;

  function pageOf(start: number, rows: number, stored: DecodedArray | Texts, encoding: Encoding, levels: number[]) {
    if (words && encoding.endsWith('_DICTIONARY')) {
      return { start, rows, values: words, places: places(rows, levels, stored as ArrayLike<number>) };
    }
    const values = isText && Array.isArray(stored) ? textsOf(stored as Uint8Array[]) : stored;
    return { start, rows, values, ...(levels.length > 0 && { places: places(rows, levels) }) };
  }

  for (let start = 0; start < rows;) {
    const header = parquetHeader(reader);
    const packed = new Uint8Array(bytes, reader.offset, header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    const { dictionary_page_header: dictionary, data_page_header: first, data_page_header_v2: second } = header;
    const opened = () => decompressPage(packed, header.uncompressed_page_size, codec, compressors);
    if (dictionary) {
      const view = viewOf(opened());
      const count = dictionary.num_values;
      words = isText ? plainTexts(view, 0, count) : readPlain({ view, offset: 0 }, type, count, element.type_length);
    } else if (first) {
      const { num_values: count, encoding } = first;
      if (isText && encoding === 'PLAIN') {
        const { texts, levels } = plainTextPage(viewOf(opened()), count, element.repetition_type === 'OPTIONAL');
        yield pageOf(start, count, texts, encoding, levels);
      } else {
        const { dataPage, definitionLevels: levels } = readDataPage(opened(), first, decoder);
        // no levels where no value is missing
        yield pageOf(start, count, dataPage, encoding, levels ?? []);
      }
      start += count;
    } else if (second) {
      const { num_values: count, num_nulls: nulls, encoding } = second;
      const { dataPage, definitionLevels: levels } = readDataPageV2(packed, header, decoder);
      yield pageOf(start, count, dataPage, encoding, nulls > 0 ? (levels ?? []) : []);
      start += count;
    } else throw new Error(`page of type ${header.type} is not honoured`);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);

function plainTextPage(view: DataView, count: number, isOptional: boolean): { texts: Texts; levels: number[] } {
  if (!isOptional) return { texts: plainTexts(view, 0, count), levels: [] };
  const levels = Array.from<number>({ length: count });
  const reader = { view, offset: 0 };
  readRleBitPackedHybrid(reader, 1, levels);
  const present = levels.reduce((sum, level) => sum + level, 0);
  const texts = plainTexts(view, reader.offset, present);
  return { texts, levels: present < count ? levels : [] };
}

/** of each row among the values that are there, or among the words that those name */
function places(rows: number, levels: number[], words?: ArrayLike<number>): Int32Array {
  const found = new Int32Array(rows);
  let next = 0;
  for (let row = 0; row < rows; row++) {
    const isThere = levels.length === 0 || (levels[row] ?? 0) > 0;
    found[row] = isThere ? (words ? (words[next] ?? 0) : next) : -1;
    if (isThere) next++;
  }
  return found;
}
