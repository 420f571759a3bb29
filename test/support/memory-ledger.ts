import type { CloseInput } from '../../activities/types.js';
import type { Warehouse } from '../../warehouse/data-api.js';

export interface MemoryLedger {
  /** in the order in which runs closed */
  rows: CloseInput[];
  warehouse: Warehouse;
}

/** answers the ledger's questions about the newest run of intervals, as the view `run_executions_latest` does */
export function memoryLedger(): MemoryLedger {
  const rows: CloseInput[] = [];
  return {
    rows,
    warehouse: {
      async query(_sql, { pipeline = '', from = '', to = '' } = {}) {
        const bare = (time: string) => time.replace('T', ' ').replace('Z', '');
        const inRange = rows.filter(
          ({ run }) => run.pipeline === pipeline && bare(run.interval.start) >= from && bare(run.interval.start) < to,
        );
        const newest = new Map(inRange.map((row) => [row.run.interval.start, row]));
        return [...newest.values()]
          .map(({ run, status, finishedAt }) => ({
            interval_start: run.interval.start,
            interval_end: run.interval.end,
            run_id: run.runId,
            status,
            finished_at: finishedAt,
          }))
          .sort((a, b) => (a.interval_start < b.interval_start ? -1 : 1));
      },
      execute: () => Promise.reject(new Error('nothing is written here')),
    },
  };
}
