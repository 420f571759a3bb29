import type { ScheduleClient, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { intervalEnding, iso, isOnGrid, type Grid } from '../model/interval.js';
import type { RunInput } from '../model/plan.js';
import type { ScheduledBuild } from '../define/builds.js';
import type { Pipeline } from '../define/pipeline.js';
import { buildScheduleOf } from './build-schedule.js';
import { gridTime } from './intervals.js';
import { differences, scheduleOf, watchScheduleOf, type Difference } from './schedules.js';
import { gridText } from './lengths.js';

export interface Applied {
  schedule: string;
  /** or the build, as `build:daily`; null: of the watch */
  pipeline: string | null;
  status: 'created' | 'updated' | 'unchanged' | 'refused' | 'pruned' | 'unknown';
  paused?: string;
  changes: Difference[];
  refusal?: string;
}

export interface ApplyOptions {
  client: ScheduleClient;
  taskQueue: string;
  dryRun: boolean;
  /** a grid point from which a changed grid holds */
  newGrid?: string;
  /** end of the newest loaded interval */
  loadedUpTo(pipeline: string): Promise<number | undefined>;
}

/** creates or updates one pipeline's schedule; a pause is left as it is */
export async function applySchedule(pipeline: Pipeline, options: ApplyOptions): Promise<Applied> {
  const { client, taskQueue, dryRun } = options;
  const id = scheduleOf(pipeline, taskQueue, pipeline.start).scheduleId;
  const found = await describeSchedule(client, id);
  const base = { schedule: id, pipeline: pipeline.name };
  if (!found) {
    if (!dryRun) await client.create(scheduleOf(pipeline, taskQueue, pipeline.start));
    return { ...base, status: 'created', changes: [] };
  }
  const from = await firstStart(pipeline, found, options);
  if ('refusal' in from) return { ...base, status: 'refused', changes: [], refusal: from.refusal };
  return update(scheduleOf(pipeline, taskQueue, from.epoch), found, base, options);
}

/** the schedule of the watch, which belongs to no pipeline */
export function applyWatch(options: ApplyOptions): Promise<Applied> {
  return applyAsIs(watchScheduleOf(options.taskQueue), null, options);
}

/** a build of dbt has no intervals: another grid holds at once */
export function applyBuild(build: ScheduledBuild, dbtTarget: string, options: ApplyOptions): Promise<Applied> {
  return applyAsIs(buildScheduleOf(build, options.taskQueue, dbtTarget), build.name, options);
}

async function applyAsIs(wanted: ScheduleOptions, pipeline: string | null, options: ApplyOptions): Promise<Applied> {
  const { client, dryRun } = options;
  const base = { schedule: wanted.scheduleId, pipeline };
  const found = await describeSchedule(client, wanted.scheduleId);
  if (found) return update(wanted, found, base, options);
  if (!dryRun) await client.create(wanted);
  return { ...base, status: 'created', changes: [] };
}

async function update(
  wanted: ScheduleOptions,
  found: ScheduleDescription,
  base: Pick<Applied, 'schedule' | 'pipeline'>,
  { client, dryRun }: ApplyOptions,
): Promise<Applied> {
  const changes = differences(wanted, found);
  const paused = found.state.paused ? { paused: found.state.note ?? '' } : {};
  if (changes.length === 0) return { ...base, status: 'unchanged', changes, ...paused };
  // the whole state goes back, otherwise a pause and its note would be lost
  if (!dryRun) await client.getHandle(wanted.scheduleId).update(({ state }) => ({ ...wanted, state }));
  return { ...base, status: 'updated', changes, ...paused };
}

export async function describeSchedule(client: ScheduleClient, id: string): Promise<ScheduleDescription | undefined> {
  const { ScheduleNotFoundError } = await import('@temporalio/client');
  try {
    return await client.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** the grid that a schedule starts runs with */
export function frozenGrid(found: ScheduleDescription | undefined): Grid | undefined {
  return (found?.action.args?.[0] as RunInput | undefined)?.grid;
}

type First = { epoch: number | undefined } | { refusal: string };

/** where the schedule's grid begins: runs of another grid would overlap what is loaded */
async function firstStart(pipeline: Pipeline, found: ScheduleDescription, options: ApplyOptions): Promise<First> {
  const { name, grid, start } = pipeline;
  const before = frozenGrid(found);
  const kept =
    found.spec.startAt && before ? Date.parse(intervalEnding(before, found.spec.startAt.getTime()).start) : undefined;
  if (!before || isSame(before, grid)) return { epoch: kept ?? start };
  const loaded = await options.loadedUpTo(name);
  if (options.newGrid === undefined) {
    if (loaded === undefined) return { epoch: start };
    return {
      refusal: `its grid changed from ${gridText(before)} to ${gridText(grid)} and intervals up to ${iso(loaded)} are loaded: --new-grid FROM says from when the new one holds`,
    };
  }
  const epoch = gridTime('--new-grid', options.newGrid, grid);
  if (!isOnGrid(before, epoch))
    return { refusal: `--new-grid ${iso(epoch)} is no point of the grid so far, ${gridText(before)}` };
  if (loaded !== undefined && epoch < loaded) {
    return { refusal: `--new-grid ${iso(epoch)} is before the end of what is loaded, ${iso(loaded)}` };
  }
  return { epoch };
}

function isSame(a: Grid, b: Grid): boolean {
  return a.every === b.every && a.cron === b.cron && a.timezone === b.timezone;
}
