import { splitRecords } from '../records/split-records.js';
import { parseRecord } from '../records/parse-record.js';
import type { RecordForm } from '../model/source.js';
import { refuse } from '../control/failure.js';
import { isMapLike } from './draft.js';
import { csvForm } from './csv-form.js';
import { csvAsLines, wholeRows } from './csv-sample.js';
import { draftEntities, type DraftEntity } from './draft-entities.js';
import { findList } from './find-list.js';
import type { ReadBytes } from './read-bytes.js';
import { rowsAt } from './rows-at.js';
import { addValue, noShape } from './shape.js';
import { addRecord, noSummary, type Summary } from './summary.js';
import { wholeJson } from './whole-json.js';

/** more records of a sample are not looked at */
export const mostRecords = 10_000;

/** a file, answer or object of a sample */
export interface SampleBody extends ReadBytes {
  name: string;
}

export interface InferredSample {
  form: RecordForm;
  entities: DraftEntity[];
  records: number;
  /** records are left that were not looked at */
  isCut: boolean;
  /** the first document, as far as it was read; undefined where records are lines */
  document: unknown;
  /** each body as a whole file: one that was cut ends with its last whole record or value */
  files: { name: string; text: string }[];
}

/** what the records of a sample say of the definition that reads them; `isLines`, `isCsv`: what their name says they are */
export async function inferSample(
  name: string,
  bodies: SampleBody[],
  isLines: boolean,
  isCsv = false,
): Promise<InferredSample> {
  if (isCsv) return inferCsv(name, bodies);
  const form = formOf(bodies, isLines);
  const files = bodies.map((body) => ({ name: body.name, text: wholeText(body, form) }));
  const isCut = bodies.some(({ isWhole }) => !isWhole);
  if (form === 'ndjson') return summarized(name, { form: 'ndjson' }, files, isCut, undefined);
  const documents = files.map((file) => parsed(file));
  const shape = noShape();
  for (const document of documents) addValue(shape, document);
  const at = findList(shape)?.join('.');
  return summarized(name, { form: 'json', ...(at !== undefined && { at }) }, files, isCut, documents[0], shape);
}

async function inferCsv(name: string, bodies: SampleBody[]): Promise<InferredSample> {
  const [first] = bodies;
  const isCut = bodies.some(({ isWhole }) => !isWhole);
  // the cut falls into a row, of which the rest is not there to judge the form by
  const lines = (text: string) => text.slice(0, text.lastIndexOf('\n') + 1);
  const form = csvForm(first?.name ?? 'the sample', first?.isWhole === false ? lines(first.text) : (first?.text ?? ''));
  const files = bodies.map(({ name, text, isWhole }) => ({ name, text: isWhole ? text : wholeRows(text, form) }));
  const asLines = await csvAsLines(files, form, mostRecords);
  return { ...(await summarized(name, { form: 'ndjson' }, asLines, isCut, undefined)), form, files };
}

async function summarized(
  name: string,
  form: RecordForm,
  files: InferredSample['files'],
  isCut: boolean,
  document: unknown,
  shape = noShape(),
): Promise<InferredSample> {
  const isOneRecord = form.form === 'json' && form.at === undefined && !Array.isArray(document);
  const place = isOneRecord ? rowsAt(shape, ({ objects }) => objects !== undefined && isMapLike(objects)) : undefined;
  const summary = noSummary();
  let records = 0;
  for (const file of files) {
    records += await addRecords(summary, form, file, mostRecords - records);
    if (records >= mostRecords) break;
  }
  if (records === 0)
    refuse(`${files[0]?.name ?? 'the sample'} has no record: a definition is made from records that came`);
  const entities = draftEntities(name, summary, place);
  return { form, entities, records, isCut: isCut || records >= mostRecords, document, files };
}

async function addRecords(
  summary: Summary,
  form: RecordForm,
  { name, text }: InferredSample['files'][number],
  most: number,
): Promise<number> {
  let records = 0;
  for await (const block of splitRecords(form, once(Buffer.from(text)), [])) {
    for (const record of block) {
      if (records >= most) return records;
      const parsed = parseRecord(record);
      if ('reason' in parsed) refuse(`${name}: line ${record.line} is not a record: ${parsed.reason}`);
      addRecord(summary, parsed.value, parsed.digits);
      records++;
    }
  }
  return records;
}

function formOf(bodies: SampleBody[], isLines: boolean): 'json' | 'ndjson' {
  const [first] = bodies;
  const text = first?.text.trimStart() ?? '';
  if (text === '') refuse(`${first?.name ?? 'the sample'} is empty: a definition is made from records that came`);
  if (text[0] !== '{' && text[0] !== '[') {
    const begin = JSON.stringify(text.slice(0, 24));
    refuse(`${first?.name ?? 'the sample'} is not JSON: it begins with ${begin}. If it is CSV, name it .csv or .tsv`);
  }
  if (isLines) return 'ndjson';
  const line = text.slice(0, text.indexOf('\n') + 1 || undefined);
  const isOneLine = line.length === text.length || text.slice(line.length).trim() === '';
  return !isOneLine && isJson(line) ? 'ndjson' : 'json';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** a document or lines that were cut, up to what is whole */
function wholeText({ text, isWhole }: ReadBytes, form: 'json' | 'ndjson'): string {
  if (isWhole) return text;
  return form === 'json' ? wholeJson(text) : text.slice(0, text.lastIndexOf('\n') + 1);
}

function parsed({ name, text }: InferredSample['files'][number]): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    refuse(`${name} is not a JSON document: ${(error as Error).message}`);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
