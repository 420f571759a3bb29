import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { keptBytes, type RawRecord } from '../../records/raw-record.js';
import type { RawPart } from '../../model/plan.js';
import { countReason, generalReason, type ReasonCounts, type RejectedRecord } from '../../model/rejected.js';

/** reasons told of one record, and the length of each: a schema may find a fault in every item of a long list */
const maxReasons = 20;
const maxReasonLength = 500;

/** a part's rejected file, written while the part is read; nothing is written when nothing was added */
export function rejectedLog(
  sources: RawPart['sources'],
  upload: (lines: AsyncIterable<Uint8Array>) => Promise<unknown>,
) {
  const counts: ReasonCounts = {};
  const lines = new PassThrough({ highWaterMark: 1024 * 1024 });
  let uploaded: Promise<unknown> | undefined;

  return {
    add(record: RawRecord, entity: string | null, reasons: string[]): void {
      uploaded ??= begun();
      for (const reason of new Set(reasons.slice(0, maxReasons).map(generalReason))) countReason(counts, reason);
      lines.write(`${JSON.stringify(lineOf(record, entity, reasons))}\n`);
    },
    /** waits until the store has taken most of what was added; throws when it does not */
    async drained(): Promise<void> {
      if (uploaded && lines.writableNeedDrain) await Promise.race([once(lines, 'drain'), uploaded]);
    },
    /** undefined when nothing was rejected */
    async close(): Promise<ReasonCounts | undefined> {
      lines.end();
      await uploaded;
      return uploaded && counts;
    },
    /** after a fault of the part */
    abandon(): void {
      lines.on('error', () => undefined).destroy(new Error('the part cannot be read to its end'));
    },
  };

  function begun(): Promise<unknown> {
    const done = upload(lines);
    // told to who waits for it
    done.catch(() => lines.on('error', () => undefined).destroy());
    return done;
  }

  function lineOf(record: RawRecord, entity: string | null, reasons: string[]): RejectedRecord {
    const { block, from, to, tooLong, line, offset } = record;
    const bytes = block.subarray(from, Math.min(to, from + keptBytes));
    const size = tooLong ?? to - from;
    const whole = record.isAscii || size <= keptBytes ? bytes : wholeCharacters(bytes);
    return {
      entity,
      source: sources[record.source]?.name ?? null,
      line,
      offset,
      reasons: [
        ...reasons.slice(0, maxReasons).map((reason) => reason.slice(0, maxReasonLength)),
        ...(reasons.length > maxReasons ? [`and ${reasons.length - maxReasons} more`] : []),
      ],
      record: whole.toString(),
      ...(!record.isAscii && !isUtf8(whole) && { base64: whole.toString('base64') }),
      ...(size > whole.length && { recordBytes: size }),
    };
  }
}

/** without the beginning of a character that was cut */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let end = bytes.length; end > bytes.length - 4; end--) {
    const shorter = bytes.subarray(0, end);
    if (isUtf8(shorter)) return shorter;
  }
  return bytes;
}
