import type { ObjectStore } from '../../lake/object-store.js';
import { splitRecords, type Around, type RawRecord } from '../../records/split-records.js';
import { TerminalError } from '../../model/errors.js';
import { objectsOf, type Plan, type RawPart } from '../../model/plan.js';
import { saysMore } from '../../sources/says-more.js';
import { openRaw } from './open-raw.js';

interface Part {
  plan: Plan;
  raw: RawPart;
  rawBucket: string;
}

/** of every object that the part is read from; each page is a source of its own */
export async function* recordsOf({ plan, raw, rawBucket }: Part, store: ObjectStore): AsyncGenerator<RawRecord[]> {
  for (const [index, object] of objectsOf(raw).entries()) {
    const sources = raw.pages ? raw.sources.slice(index, index + 1) : raw.sources;
    try {
      const chunks = await openRaw(store, rawBucket, object);
      for await (const block of splitRecords(plan.source.records, chunks, sources, around(plan))) {
        if (raw.pages) for (const record of block) record.source = index;
        yield block;
      }
    } catch (error) {
      throw withFile(error, sources, `s3://${rawBucket}/${object.key}`);
    }
  }
}

/** an answer that says that it is only a part of what there is */
function around({ source }: Plan): Around | undefined {
  if (source.kind === 's3-objects' || source.pages !== undefined) return undefined;
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
