import type { RecordForm } from '../model/source.js';
import type { Around } from './document-frame.js';
import type { PartSources, RawRecord } from './raw-record.js';
import { splitCsv } from './split-csv.js';
import { splitDocument } from './split-document.js';
import { splitDocuments } from './split-documents.js';
import { splitLines } from './split-lines.js';
import { withinLines } from './within-line.js';

export type { Around } from './document-frame.js';
export type { RawRecord } from './raw-record.js';

/** records of a raw part, a block at a time; a document that cannot be read to its end throws UnreadablePart */
export function splitRecords(
  form: RecordForm,
  chunks: AsyncIterable<Uint8Array>,
  sources: PartSources,
  around?: Around,
): AsyncIterable<RawRecord[]> {
  switch (form.form) {
    case 'ndjson':
      return form.at === undefined ? splitLines(chunks, sources) : withinLines(splitLines(chunks, sources), form.at);
    case 'csv':
      return splitCsv(chunks, form, sources[0]);
    case 'json':
      return form.at === undefined && !around ? splitDocuments(chunks) : splitDocument(chunks, form.at, around);
  }
}
