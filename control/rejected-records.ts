import { splitLines } from '../records/split-lines.js';
import type { ObjectStore } from '../lake/object-store.js';
import type { ValidateManifest } from '../model/plan.js';
import { generalReason, type RejectedRecord } from '../model/rejected.js';

export interface ReasonGroup {
  reason: string;
  entity: string | null;
  /** records that gave this reason, perhaps among others */
  count: number;
  example: Omit<RejectedRecord, 'entity'>;
}

/** groups that are told apart; what comes after them is one more */
const maxGroups = 1_000;

/** the rejected records of a run as they lie in the lake, a part's file at a time */
export async function* recordsOf(
  store: ObjectStore,
  { bucket, rejected }: ValidateManifest,
  reason = '',
): AsyncGenerator<RejectedRecord> {
  for (const key of rejected) {
    for await (const lines of splitLines(await store.stream({ bucket, key }), [])) {
      for (const { block, from, to } of lines) {
        const record = JSON.parse(block.toString('utf8', from, to)) as RejectedRecord;
        if (record.reasons.some((one) => one.includes(reason))) yield record;
      }
    }
  }
}

/** by entity and reason, numbers and ids left out of it; the most frequent first */
export async function groupsOf(records: AsyncIterable<RejectedRecord>): Promise<ReasonGroup[]> {
  const groups = new Map<string, ReasonGroup>();
  for await (const { entity, ...example } of records) {
    for (const reason of new Set(example.reasons.map(generalReason))) {
      const key = JSON.stringify([entity, reason]);
      const isOver = groups.size >= maxGroups && !groups.has(key);
      const group = groups.get(isOver ? '' : key);
      if (group) group.count++;
      else groups.set(isOver ? '' : key, { reason: isOver ? 'other reasons' : reason, entity, count: 1, example });
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}
