import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';

/** ms: what others changed is seen again after them */
const knownFor = 6 * 3_600_000;

/** what a process has seen, or made, of an entity's tables */
export interface KnownTables {
  /** the target has the columns of the schema */
  hasTarget?: boolean;
  /** what the external table is partitioned by */
  partitions?: string[];
}

export function forget(known: KnownTables): void {
  delete known.hasTarget;
  delete known.partitions;
}

/** tables rarely change, and each look is a statement: what a process keeps of them */
export function knowsTables(now = Date.now) {
  const all = new Map<string, { schemaHash: string; since: number; known: KnownTables }>();

  function of(table: string, schemaHash: string): KnownTables {
    const found = all.get(table);
    if (found?.schemaHash === schemaHash && now() - found.since < knownFor) return found.known;
    const known = {};
    all.set(table, { schemaHash, since: now(), known });
    return known;
  }

  return {
    /** `work` on the entity's tables as they are known, adding to it; where the warehouse refuses it, once more, looking at them */
    async trusting<T>(
      pipeline: string,
      { name, schemaHash }: EntityPlan,
      work: (known: KnownTables) => Promise<T>,
    ): Promise<T> {
      const table = `${pipeline}.${name}`;
      const known = of(table, schemaHash);
      const wasKnown = Object.keys(known).length > 0;
      try {
        return await work(known);
      } catch (error) {
        all.delete(table);
        if (!wasKnown || !(error instanceof TerminalError) || error.name !== 'WarehouseRejected') throw error;
        return work(of(table, schemaHash));
      }
    },
  };
}
