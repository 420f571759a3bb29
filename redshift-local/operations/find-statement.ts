import { ResourceNotFoundException } from '../errors.js';
import type { StatementService } from '../service.js';
import type { Caller, StatementRecord, SubRecord } from '../statement-record.js';

export interface Found {
  record: StatementRecord;
  /** set when the id has a suffix: one statement of a batch */
  part?: { number: number; sub: SubRecord };
}

export async function findStatement(
  service: StatementService,
  id: string,
  caller: Caller,
  waitSeconds: number,
): Promise<Found> {
  const [whole = id, suffix] = id.split(':');
  const record = await service.find(whole, caller, waitSeconds);
  if (!record) throw ResourceNotFoundException('Query does not exist.', id);
  if (suffix === undefined) return { record };
  const sub = record.subs[Number(suffix) - 1];
  if (!sub || !record.isBatch) throw ResourceNotFoundException('Query does not exist.', id);
  return { record, part: { number: Number(suffix), sub } };
}
