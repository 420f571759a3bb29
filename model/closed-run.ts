import type { Interval } from './interval.js';
import type { RunStatus } from './run-result.js';

/** a run that ended, as the key of its object in the lake says it */
export interface ClosedRun extends Interval {
  runId: string;
  status: RunStatus;
  /** ISO */
  finishedAt: string;
}

const folder = (pipeline: string) => `runs/${pipeline}/closed/`;

/** ISO 8601 without its marks: some servers and file systems take no colon, and it sorts by time */
const compact = (time: string) => time.replace(/[-:]/g, '');

const spread = (time: string) =>
  time.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\.\d+)?Z$/, '$1-$2-$3T$4:$5:$6$7Z');

/** keys of a pipeline sort by the start of their intervals, so one listing answers for a range of time */
export function closedKey(pipeline: string, { start, end, finishedAt, status, runId }: ClosedRun): string {
  const finished = new Date(finishedAt).toISOString();
  return `${folder(pipeline)}${[start, end, finished].map(compact).join('_')}_${status}_${runId}.json`;
}

/** undefined when the key is not one of a closed run */
export function parseClosedKey(key: string): ClosedRun | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const [, start, end, finished, status, runId] = /^(\w+Z)_(\w+Z)_([\w.]+Z)_([a-z]+)_(.*)\.json$/.exec(name) ?? [];
  if (!start || !end || !finished || !status || runId === undefined) return undefined;
  const [from, to, finishedAt] = [spread(start), spread(end), spread(finished)];
  return { start: from, end: to, finishedAt, status: status as RunStatus, runId };
}

/** where a listing of the runs of intervals that begin at or after `from` starts */
export function closedFrom(pipeline: string, from: string): { prefix: string; after: string } {
  return { prefix: folder(pipeline), after: `${folder(pipeline)}${compact(from)}` };
}

/** the newest run of each interval, oldest interval first: the order of the ledger's view `run_executions_latest` */
export function newestOf(runs: ClosedRun[]): ClosedRun[] {
  const newest = new Map<string, ClosedRun>();
  for (const run of runs) {
    const other = newest.get(run.start);
    if (!other || isNewer(run, other)) newest.set(run.start, run);
  }
  return [...newest.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
}

function isNewer(a: ClosedRun, b: ClosedRun): boolean {
  return a.finishedAt === b.finishedAt ? a.runId > b.runId : a.finishedAt > b.finishedAt;
}
