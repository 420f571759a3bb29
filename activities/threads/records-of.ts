import type { ObjectStore } from '../../lake/object-store.js';
import { splitRecords, type Around, type RawRecord } from '../../records/split-records.js';
import { TerminalError } from '../../model/errors.js';
import { objectsOf, type Plan, type RawPart } from '../../model/plan.js';
import { requestOf, type Source } from '../../model/source.js';
import { saysMore } from '../../sources/says-more.js';
import { asText, openRaw } from './open-raw.js';
import { slices } from './slices.js';

interface Part {
  plan: Plan;
  raw: RawPart;
  rawBucket: string;
}

/** of every object that the part is read from; each page is a source of its own */
export async function* recordsOf({ plan, raw, rawBucket }: Part, store: ObjectStore): AsyncGenerator<RawRecord[]> {
  if (raw.packed) return yield* recordsOfPacked({ plan, raw, rawBucket }, store);
  const source = requestOf(plan.source, raw.request);
  for (const [index, object] of objectsOf(raw).entries()) {
    const sources = raw.pages ? raw.sources.slice(index, index + 1) : raw.sources;
    try {
      const chunks = await openRaw(store, rawBucket, object, encodingOf(source));
      for await (const block of splitRecords(source.records, chunks, sources, around(source))) {
        if (raw.pages) for (const record of block) record.source = index;
        yield block;
      }
    } catch (error) {
      throw withFile(error, sources, `s3://${rawBucket}/${object.key}`);
    }
  }
}

/** each object by itself, whatever the one before it ends with */
async function* recordsOfPacked({ plan, raw, rawBucket }: Part, store: ObjectStore): AsyncGenerator<RawRecord[]> {
  const from = requestOf(plan.source, raw.request);
  const body = await store.stream({ bucket: rawBucket, key: raw.key });
  for await (const { source, index, bytes } of slices(body, raw.sources)) {
    const sources = [{ ...source, offset: 0 }];
    try {
      const text = asText(bytes, raw, encodingOf(from));
      for await (const block of splitRecords(from.records, text, sources, around(from))) {
        for (const record of block) record.source = index;
        yield block;
      }
    } catch (error) {
      throw withFile(error, [source], `s3://${rawBucket}/${raw.key}, ${source.bytes} bytes from ${source.offset}`);
    }
  }
}

const encodingOf = ({ records }: Source) => (records.form === 'csv' ? records.encoding : undefined);

/** an answer that says that it is only a part of what there is */
function around(source: Source): Around | undefined {
  if ((source.kind !== 'http' && source.kind !== 'http-json') || source.pages !== undefined) return undefined;
  return (document, records) => {
    const more = saysMore(document, records);
    if (more) throw new TerminalError('MorePages', `the answer says that there is more: ${more}`);
  };
}

const ofTheFile = new Set<string>(['UnreadablePart', 'MorePages']);

/** a fault of the raw object names the source file that it came from */
function withFile(error: unknown, sources: RawPart['sources'], address: string): unknown {
  if (!(error instanceof TerminalError) || !ofTheFile.has(error.name)) return error;
  const files = sources.map(({ name }) => name).join(', ');
  return new TerminalError(error.name, `${files} (${address}): ${error.message}`, { cause: error });
}
