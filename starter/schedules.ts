import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { attributes } from '../model/attributes.js';
import { scheduleId } from '../model/names.js';
import type { RunInput } from '../model/plan.js';
import type { Pipeline } from '../schema/pipeline.js';

const catchupWindow = 600_000;

/** Temporal appends the scheduled time to the workflow id: `door2door-2022-11-24T11:00:00Z`, the run's name */
export function scheduleOf({ name, description, grid }: Pipeline, taskQueue: string): ScheduleOptions {
  const input: RunInput = { pipeline: name, grid, trigger: 'schedule', dbt: 'build', params: {} };
  return {
    scheduleId: scheduleId(name),
    spec: { intervals: [{ every: grid.every }] },
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
    },
    // the other policies lose or block slots
    policies: { overlap: 'ALLOW_ALL', catchupWindow, pauseOnFailure: false },
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
  const pairs: [string, unknown, unknown][] = [
    ['every', intervalsOf(found.spec.intervals), intervalsOf(wanted.spec.intervals)],
    ['other times', (found.spec.calendars ?? []).length + (found.spec.skip ?? []).length, 0],
    ['workflow', found.action.workflowType, action.workflowType],
    ['workflow id', found.action.workflowId, action.workflowId],
    ['task queue', found.action.taskQueue, action.taskQueue],
    ['input', found.action.args?.[0], action.args?.[0]],
    [
      'search attributes',
      attributeText(found.action.typedSearchAttributes),
      attributeText(action.typedSearchAttributes),
    ],
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
