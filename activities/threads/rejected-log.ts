import type { RawRecord } from '../../lake/split-records.js';
import type { RawPart } from '../../model/plan.js';

/** a rejected record is kept as received up to so many bytes */
const keptBytes = 65_536;

/** lines of a rejected file: `{entity, source, line, offset, reasons, record}`, line and offset in the raw part */
export function rejectedLog(sources: RawPart['sources']) {
  const lines: string[] = [];
  const decoder = new TextDecoder();
  return {
    add(record: RawRecord, entity: string | null, reasons: string[]) {
      const source = sources.findLast((source) => source.offset <= record.offset);
      lines.push(
        JSON.stringify({
          entity,
          source: source?.name ?? null,
          line: record.line,
          offset: record.offset,
          reasons,
          record: decoder.decode(record.bytes.subarray(0, keptBytes)),
          ...(record.bytes.length > keptBytes && { recordBytes: record.bytes.length }),
        }),
      );
    },
    lines: () => lines.length,
    toNdjson: () => `${lines.join('\n')}\n`,
  };
}
