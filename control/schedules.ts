import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { attributes } from '../model/attributes.js';
import { parseCron, type CronFields } from '../model/cron.js';
import { firstFrom, type Grid } from '../model/interval.js';
import { scheduleId, watchScheduleId } from '../model/names.js';
import type { RunInput } from '../model/plan.js';
import type { Pipeline } from '../define/pipeline.js';
import { memoOf } from './labels.js';
import { leftOut, leftOutText } from './left-out.js';

const catchupWindow = 600_000;

/**
 * Temporal appends the scheduled time to the workflow id: `parcels-2026-11-24T11:00:00Z`, the run's name.
 * `from`: no interval that begins before it is run
 */
export function scheduleOf(
  { name, description, grid, policy }: Pick<Pipeline, 'name' | 'description' | 'grid' | 'policy'>,
  taskQueue: string,
  from: number | undefined,
): ScheduleOptions & { spec: { startAt?: Date } } {
  const memo = memoOf({ policy });
  const input: RunInput = { pipeline: name, grid, trigger: 'schedule', dbt: 'build', params: {} };
  return {
    scheduleId: scheduleId(name),
    spec: { ...specOf(grid), ...(from !== undefined && { startAt: new Date(firstFrom(grid, from).end) }) },
    action: {
      type: 'startWorkflow',
      workflowType: 'pipelineRun',
      workflowId: name,
      taskQueue,
      args: [input],
      typedSearchAttributes: [
        { key: attributes.Pipeline, value: name },
        { key: attributes.Trigger, value: input.trigger },
      ],
      staticSummary: `${name}: ${description}`,
      ...(memo && { memo }),
    },
    // the other policies lose or block slots
    policies: { overlap: 'ALLOW_ALL', catchupWindow, pauseOnFailure: false },
  };
}

/** fires at every point of the grid; what it starts waits for the offset, so that another one renames nothing */
export function specOf(grid: Grid) {
  return {
    ...(grid.cron === undefined ? { intervals: [{ every: grid.every }] } : { cronExpressions: [grid.cron] }),
    ...(grid.timezone !== undefined && { timezone: grid.timezone, skip: leftOut(grid) }),
  };
}

/** looks every five minutes at what the schedules above should have run */
export function watchScheduleOf(taskQueue: string): ScheduleOptions & { spec: { startAt?: Date } } {
  return {
    scheduleId: watchScheduleId,
    spec: { intervals: [{ every: 300_000 }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'watch',
      workflowId: watchScheduleId,
      taskQueue,
      args: [],
      staticSummary: 'what is late, missing or not settled',
    },
    policies: { overlap: 'SKIP', catchupWindow: 60_000, pauseOnFailure: false },
  };
}

export interface Difference {
  what: string;
  from: unknown;
  to: unknown;
}

/** what `apply` would change in a schedule that exists */
export function differences(wanted: ScheduleOptions, found: ScheduleDescription): Difference[] {
  const { action } = wanted;
  const grid = (action.args?.[0] as RunInput | undefined)?.grid;
  const pairs: [string, unknown, unknown][] = [
    ['every', intervalsOf(found.spec.intervals), intervalsOf(wanted.spec.intervals)],
    ['cron', (found.spec.calendars ?? []).map(calendarText), (wanted.spec.cronExpressions ?? []).map(cronText)],
    ['timezone', found.spec.timezone || 'UTC', wanted.spec.timezone ?? 'UTC'],
    ['times left out', (found.spec.skip ?? []).map(calendarText), (grid ? leftOut(grid) : []).map(leftOutText)],
    ['first time', found.spec.startAt?.toISOString(), wanted.spec.startAt?.toISOString()],
    ['workflow', found.action.workflowType, action.workflowType],
    ['workflow id', found.action.workflowId, action.workflowId],
    ['task queue', found.action.taskQueue, action.taskQueue],
    ['input', found.action.args?.[0], action.args?.[0]],
    [
      'search attributes',
      attributeText(found.action.typedSearchAttributes),
      attributeText(action.typedSearchAttributes),
    ],
    ['memo', found.action.memo ?? {}, action.memo ?? {}],
    ['summary', found.action.staticSummary, action.staticSummary],
    ['overlap', found.policies.overlap, wanted.policies?.overlap],
    ['catch-up window', found.policies.catchupWindow, wanted.policies?.catchupWindow],
  ];
  return pairs
    .filter(([, from, to]) => canonical(from) !== canonical(to))
    .map(([what, from, to]) => ({ what, from, to }));
}

function intervalsOf(intervals: { every: unknown; offset?: unknown }[] | undefined): unknown {
  return (intervals ?? []).map(({ every, offset }) => ({ every, offset: offset ?? 0 }));
}

function cronText(cron: string): string {
  return JSON.stringify(parseCron(cron));
}

type Ranges<T> = { start: T; end: T; step: number }[];

/** the calendar that Temporal made of a cron expression, in the words of `parseCron` */
function calendarText(found: NonNullable<ScheduleDescription['spec']['calendars']>[number]): string {
  const values = (ranges: Ranges<number>) =>
    ranges.flatMap(({ start, end, step }) =>
      Array.from(
        { length: Math.floor((end - start) / Math.max(step, 1)) + 1 },
        (_, at) => start + at * Math.max(step, 1),
      ),
    );
  const named = (ranges: Ranges<string>, names: string[], base: number) =>
    values(
      ranges.map(({ start, end, step }) => ({
        start: names.indexOf(start) + base,
        end: names.indexOf(end) + base,
        step,
      })),
    );
  const fields: CronFields = {
    minutes: values(found.minute),
    hours: values(found.hour),
    days: values(found.dayOfMonth),
    months: named(found.month, months, 1),
    weekdays: [...new Set(named(found.dayOfWeek, weekdays, 0).map((day) => day % 7))].sort((a, b) => a - b),
  };
  return JSON.stringify(fields);
}

const months = 'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER'.split(' ');
const weekdays = 'SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY'.split(' ');

function attributeText(found: ScheduleOptions['action']['typedSearchAttributes']): unknown {
  const pairs = found === undefined ? [] : Array.isArray(found) ? found : found.getAll();
  return Object.fromEntries(pairs.map(({ key, value }) => [key.name, value]));
}

/** JSON text whose keys have one order */
function canonical(value: unknown): string {
  const sorted = (_: string, field: unknown) =>
    field && typeof field === 'object' && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field;
  return JSON.stringify(value, sorted) ?? 'undefined';
}
