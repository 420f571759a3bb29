import { createHash } from 'node:crypto';
import { iso, parseTime } from '../model/interval.js';
import type { RunRef } from '../model/keys.js';
import { runName } from '../model/names.js';
import type { Warehouse } from './data-api.js';
import { ident } from './ddl.js';

const hash = (text: string, digits: number) => createHash('sha256').update(text).digest('hex').slice(0, digits);

/** what the names of all stage tables of a pipeline begin with; the end of their interval follows */
const pipelinePrefix = (pipeline: string) => `${pipeline.slice(0, 18)}_${hash(pipeline, 6)}_`;

const stamp = ({ interval }: RunRef) => parseTime(interval.end).toString(36);

export interface StageTables {
  /** rows as they are in the files */
  staged: string;
  /** one row a key, when the files have more */
  latest: string;
  /** one row: what the load does to the target */
  counts: string;
}

/** at most 63 bytes each, and each run's own */
export function stageTables(run: RunRef, entity: string): StageTables {
  const own = `${pipelinePrefix(run.pipeline)}${stamp(run)}_${entity.slice(0, 10)}_${hash(`${run.runId}:${entity}`, 10)}`;
  return { staged: own, latest: `${own}_latest`, counts: `${own}_counts` };
}

/** drops what runs of the pipeline left: the caller's own, which ends, and those of others that ended without a close */
export async function sweepStage(
  warehouse: Warehouse,
  run: RunRef,
  isRunning: (workflowId: string) => Promise<boolean>,
): Promise<void> {
  const prefix = pipelinePrefix(run.pipeline);
  const rows = await warehouse.query(
    `SELECT table_name FROM svv_tables WHERE table_schema = 'stage' AND SUBSTRING(table_name, 1, ${prefix.length}) = :prefix`,
    { prefix },
  );
  const running = new Map<string, Promise<boolean>>([[stamp(run), Promise.resolve(false)]]);
  for (const { table_name: name } of rows) {
    const [end = ''] = String(name).slice(prefix.length).split('_');
    // asked after the tables were listed: whoever made them has ended, or runs now
    const isUsed = running.get(end) ?? isRunning(runName(run.pipeline, { end: iso(Number.parseInt(end, 36)) }));
    running.set(end, isUsed);
    if (!(await isUsed)) await warehouse.execute([`DROP TABLE IF EXISTS ${ident('stage', String(name))}`]);
  }
}
