import { splitConcatenated } from '../../records/concatenated.js';
import type { Parsed } from '../../records/parse-record.js';
import type { RawRecord } from '../../records/split-records.js';
import type { RecordCounts } from '../../model/plan.js';
import type { EntityValidator } from '../../validate/validator.js';
import { sawBroken, sawRecord, type SeenFile } from './file-watch.js';
import type { missedValues } from './missed-values.js';
import type { rejectedLog } from './rejected-log.js';

/** a batch ends at so many rows, or at the rows of so many bytes of records: it bounds what a thread holds */
const batchRows = 16_384;
const batchRawBytes = 8 * 1024 * 1024;

/** the rows of one entity in the making */
export interface Filling {
  name: string;
  validator: Pick<EntityValidator, 'wants' | 'validate'>;
  /** one record may make many rows, or none */
  hasRows: boolean;
  batch: { rows(): number };
  parents: { batch: { rows(): number } } | undefined;
  /** of the records in the batch */
  rawBytes: number;
  rejected: number;
}

/** what the records of one part are judged by, and what is counted of them */
export interface Judging {
  parse(record: RawRecord): Parsed;
  isLines: boolean;
  mayBeLists: boolean;
  isInside: ((value: unknown) => boolean) | undefined;
  addColumns: ((value: unknown, source: number) => void) | undefined;
  /** entities that the run leaves out, which may refuse a record too */
  judges: Pick<Filling, 'name' | 'validator'>[];
  /** those that take the whole record first */
  entities: Filling[];
  counts: RecordCounts;
  rejected: Pick<ReturnType<typeof rejectedLog>, 'add'>;
  files: SeenFile[];
  misses: ReturnType<typeof missedValues>;
  /** a batch is at its end, and must be written before the next record */
  isFull: boolean;
}

interface Turns {
  /** writes the batches that are at their end */
  write(): Promise<void>;
  /** after each block, before the next is read */
  between(): Promise<void>;
}

/**
 * judges all records of a part. Batches are written by rows, never by blocks: the same raw makes the same files, however
 * it is received. Functions on their own: code compiled for functions that a call makes is lost with them, a part later
 */
export async function judgeRecords(part: Judging, blocks: AsyncIterable<RawRecord[]>, turns: Turns): Promise<void> {
  for await (const block of blocks) {
    for (let next = 0; next < block.length;) {
      next = judgeUntilFull(part, block, next);
      if (part.isFull) await turns.write();
      part.isFull = false;
    }
    await turns.between();
  }
}

/** index of the record after the one that made a batch full */
function judgeUntilFull(part: Judging, block: readonly RawRecord[], from: number): number {
  let at = from;
  for (let record = block[at]; record && !part.isFull; record = block[++at]) judge(part, record);
  return at;
}

export function isAtEnd({ batch, parents, rawBytes }: Pick<Filling, 'batch' | 'parents' | 'rawBytes'>): boolean {
  return Math.max(batch.rows(), parents?.batch.rows() ?? 0) >= batchRows || rawBytes >= batchRawBytes;
}

function judge(part: Judging, record: RawRecord): void {
  const { counts, rejected, files, misses } = part;
  const parsed = part.parse(record);
  if ('reason' in parsed && part.isLines) {
    const several = splitConcatenated(record);
    if (several) {
      for (const one of several) judge(part, one);
      return;
    }
  }
  counts.records++;
  if ('reason' in parsed) {
    counts.unparseable++;
    rejected.add(record, null, [parsed.reason]);
    sawBroken(files, record, parsed.reason);
    return;
  }
  const { value, digits, isPlain } = parsed;
  if (part.isLines && !part.mayBeLists && Array.isArray(value)) sawBroken(files, record, listInLines);
  else sawRecord(files, record);
  if (part.isInside && !part.isInside(value)) {
    counts.dropped++;
    misses.dropped(value);
    return;
  }
  part.addColumns?.(value, record.source);
  let isRouted = false;
  let rejectedBy = part.judges.find(
    ({ validator }) => validator.wants(value) && validator.validate(value, digits, isPlain).length > 0,
  )?.name;
  for (const entity of part.entities) {
    if (!entity.validator.wants(value)) continue;
    isRouted = true;
    entity.rawBytes += record.to - record.from;
    let told: string[] | undefined;
    for (const reasons of entity.validator.validate(value, digits, isPlain, rejectedBy)) {
      entity.rejected++;
      if (!entity.hasRows) rejectedBy ??= entity.name;
      // a line repeats the record: rows that share one verdict share it
      if (reasons !== told) rejected.add(record, entity.name, reasons);
      told = reasons;
    }
    if (isAtEnd(entity)) part.isFull = true;
  }
  counts[isRouted ? 'routed' : 'ignored']++;
  if (!isRouted) misses.ignored(value);
}

const listInLines = 'a line is a JSON array';
