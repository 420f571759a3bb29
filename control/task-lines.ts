import { defaultPayloadConverter } from '@temporalio/common';
import { taskLines } from '../lake/task-log.js';
import type { RunPlan } from '../model/plan.js';
import type { Context } from './context.js';
import type { HistoryEvent, Told } from './run-story.js';

/** what tasks of a run wrote, each call what is new; nothing is asked of the lake for runs without tasks */
export function taskOutput(context: Context, run: { pipeline: string; runId: string }) {
  let after: string | undefined;
  return async (events: HistoryEvent[]): Promise<Told[]> => {
    const plan = plannedBy(events);
    if (!plan?.fromProgram && !plan?.tasks) return [];
    const found: Told[] = [];
    for await (const { key, lines } of taskLines(await context.store(), plan.ref.bucket, run, after)) {
      after = key;
      for (const { at, step, task, tries, text } of lines)
        found.push({ at, step, ...(task !== undefined && { entity: task }), attempt: tries, text, isOutput: true });
    }
    return found;
  };
}

function plannedBy(events: HistoryEvent[]): RunPlan | undefined {
  for (const { activityTaskCompletedEventAttributes: completed } of events) {
    const [payload] = completed?.result?.payloads ?? [];
    if (!payload) continue;
    const result = defaultPayloadConverter.fromPayload<Partial<RunPlan> | undefined>(payload);
    // the first that completes
    return result?.ref !== undefined && result.entities !== undefined ? (result as RunPlan) : undefined;
  }
  return undefined;
}
