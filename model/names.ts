import type { Interval } from './interval.js';

/** the workflow id of a run: `parcels-2026-11-24T11:00:00Z` */
export function runName(pipeline: string, interval: Pick<Interval, 'end'>): string {
  return `${pipeline}-${interval.end}`;
}

/** undo `runName`; undefined when the text is not the name of a run */
export function parseRunName(name: string): { pipeline: string; end: string } | undefined {
  const match = /^([a-z][a-z0-9_]*)-(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/.exec(name);
  return match?.[1] && match[2] ? { pipeline: match[1], end: match[2] } : undefined;
}

export function backfillId(pipeline: string, from: string, to: string): string {
  return `backfill-${pipeline}-${from}-${to}`;
}

export function retryId(pipeline: string, from: string, to: string): string {
  return `retry-${pipeline}-${from}-${to}`;
}

/** the backfill by which the watch fills what is missing, or runs again what has settled */
export function fillId(pipeline: string, reason: 'missing' | 'settle'): string {
  return `backfill-${pipeline}-${reason}`;
}

/** the schedule of the watch itself */
export const watchScheduleId = 'watch';

/** one at a time per dbt target */
export function dbtBuildsId(target: string): string {
  return `dbt-${target}`;
}

/** the workflow that grants a pool's slots */
export function poolId(pool: string): string {
  return `pool-${pool}`;
}

/** of a pipeline, or of a build by its `buildName` */
export function scheduleId(name: string): string {
  return `waterclock-${dashed(name)}`;
}

/** undo `scheduleId`; undefined when the schedule is not of a pipeline or build */
export function scheduledName(id: string): string | undefined {
  const [, name] = /^waterclock-(.+)$/.exec(id) ?? [];
  return name?.replace(/^build-/, 'build:');
}

/** what commands and alerts call a build on a schedule; the name of a pipeline has no colon */
export function buildName(name: string): string {
  return `build:${name}`;
}

export function isBuildName(name: string): boolean {
  return name.startsWith(buildName(''));
}

/** of `build:daily` it is `build-daily`, to which the schedule adds the time */
export function buildWorkflowId(name: string): string {
  return dashed(name);
}

const dashed = (name: string) => name.replace(':', '-');

/** signal to a run that waits: intervals of the pipeline that it names need no run any more */
export const upstreamLoaded = 'upstreamLoaded';

/** makes again what used the runs that this one, a run or a range of retries, made again */
export function downstreamId(runOrRange: string): string {
  return `downstream-${runOrRange}`;
}
